<?php

declare(strict_types=1);

/*
 * Prints what the migrations say of themselves, as JSON, without running a line of them: PHP's own tokenizer reads the
 * files, so attributes in comments or strings do not count. argv: the files.
 */

function readMigration(string $file): array
{
    $source = file_get_contents($file);
    try {
        $tokens = PhpToken::tokenize((string) $source, TOKEN_PARSE);
    } catch (ParseError $error) {
        return ['file' => basename($file), 'error' => $error->getMessage() . ' on line ' . $error->getLine()];
    }
    $tokens = array_values(array_filter($tokens, static fn (PhpToken $t): bool => !$t->isIgnorable()));
    $attributes = [];
    $class = null;
    foreach ($tokens as $i => $token) {
        if ($token->is(T_ATTRIBUTE) && null === $class) {
            array_push($attributes, ...attributeNames($tokens, $i));
        }
        if ($token->is(T_CLASS) && null === $class && ($tokens[$i + 1] ?? null)?->is(T_STRING)) {
            $class = $tokens[$i + 1]->text;
        }
    }

    return ['file' => basename($file), 'attributes' => $attributes];
}

/** Short names inside one #[...] group, arguments left out. */
function attributeNames(array $tokens, int $start): array
{
    $names = [];
    $depth = 0;
    $expected = true;
    for ($i = $start + 1, $n = count($tokens); $i < $n; ++$i) {
        $text = $tokens[$i]->text;
        if (0 === $depth && ']' === $text) {
            break;
        }
        if (in_array($text, ['(', '['], true)) {
            ++$depth;
        } elseif (in_array($text, [')', ']'], true)) {
            --$depth;
        } elseif (0 === $depth && ',' === $text) {
            $expected = true;
        } elseif ($expected && $tokens[$i]->is([T_STRING, T_NAME_QUALIFIED, T_NAME_FULLY_QUALIFIED])) {
            $names[] = substr((string) strrchr('\\' . $text, '\\'), 1);
            $expected = false;
        }
    }

    return $names;
}

echo json_encode(array_map(readMigration(...), array_slice($argv, 1)), JSON_THROW_ON_ERROR | JSON_INVALID_UTF8_SUBSTITUTE);
