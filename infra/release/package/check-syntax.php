<?php

declare(strict_types=1);

/* Prints, as JSON, the files that do not parse and why; runs none of them. argv: the files, relative to here. */

$errors = [];
foreach (array_slice($argv, 1) as $file) {
    try {
        PhpToken::tokenize((string) file_get_contents($file), TOKEN_PARSE);
    } catch (ParseError $error) {
        $errors[] = ['file' => $file, 'error' => $error->getMessage() . ' on line ' . $error->getLine()];
    }
}
echo json_encode($errors, JSON_THROW_ON_ERROR | JSON_INVALID_UTF8_SUBSTITUTE);
