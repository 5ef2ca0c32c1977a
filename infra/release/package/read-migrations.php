<?php

declare(strict_types=1);

/*
 * Prints what the migrations say of themselves, as JSON, without running a line of them: PHP's own tokenizer reads the
 * files, so attributes in comments or strings do not count. argv: the files.
 */

/** Their SQL is not run by a release, or they hold none. */
const NOT_ON_THE_WAY_UP = ['down', 'predown', 'postdown', 'getdescription'];
/** Lower case. */
const TAKE_SQL = ['addsql', 'executestatement', 'executequery', 'exec', 'query', 'prepare'];
const LITERAL = [T_CONSTANT_ENCAPSED_STRING, T_ENCAPSED_AND_WHITESPACE, T_START_HEREDOC, T_END_HEREDOC];

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
    $up = ['strings' => [], 'calls' => [], 'unreadable' => []];
    foreach ($tokens as $i => $token) {
        if ($token->is(T_ATTRIBUTE) && null === $class) {
            array_push($attributes, ...attributeNames($tokens, $i));
        }
        if ($token->is(T_CLASS) && null === $class && ($tokens[$i + 1] ?? null)?->is(T_STRING)) {
            $class = $tokens[$i + 1]->text;
        }
        if ($token->is(T_FUNCTION) && ($tokens[$i + 1] ?? null)?->is(T_STRING) && !in_array(strtolower($tokens[$i + 1]->text), NOT_ON_THE_WAY_UP, true)) {
            $up = array_merge_recursive($up, methodBody($tokens, $i));
        }
    }

    return ['file' => basename($file), 'class' => $class, 'attributes' => $attributes] + $up;
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

/** The string literals of a method, joined where PHP joins them, the methods it calls, and the SQL that is no literal. */
function methodBody(array $tokens, int $start): array
{
    $strings = [];
    $calls = [];
    $unreadable = [];
    $depth = 0;
    $entered = false;
    $joined = '';
    for ($i = $start, $n = count($tokens); $i < $n; ++$i) {
        $token = $tokens[$i];
        if (in_array($token->text, ['{', '${'], true) || $token->is(T_CURLY_OPEN)) {
            ++$depth;
            $entered = true;
        } elseif ('}' === $token->text && 0 === --$depth && $entered) {
            break;
        }
        if (!$entered) {
            continue;
        }
        if ($token->is([T_CONSTANT_ENCAPSED_STRING, T_ENCAPSED_AND_WHITESPACE])) {
            $joined .= $token->is(T_CONSTANT_ENCAPSED_STRING) ? stripcslashes(substr($token->text, 1, -1)) : $token->text;
        } elseif (in_array($token->text, [';', ','], true) && '' !== $joined) {
            $strings[] = $joined;
            $joined = '';
        }
        if ($token->is([T_OBJECT_OPERATOR, T_NULLSAFE_OBJECT_OPERATOR, T_DOUBLE_COLON]) && '(' === ($tokens[$i + 2]->text ?? '')) {
            $name = $tokens[$i + 1]->text;
            $calls[] = $name;
            if (in_array(strtolower($name), TAKE_SQL, true) && null !== $text = computedArgument($tokens, $i + 3)) {
                $unreadable[] = "$name($text)";
            }
        }
    }
    if ('' !== $joined) {
        $strings[] = $joined;
    }

    return ['strings' => $strings, 'calls' => $calls, 'unreadable' => $unreadable];
}

/** The first argument of a call as it is written, when running it is what it takes to know it; null for literals. */
function computedArgument(array $tokens, int $start): ?string
{
    $text = '';
    $computed = false;
    for ($i = $start, $depth = 0, $n = count($tokens); $i < $n; ++$i) {
        $token = $tokens[$i];
        if (0 === $depth && in_array($token->text, [',', ')'], true)) {
            break;
        }
        $depth += match ($token->text) {
            '(', '[' => 1,
            ')', ']' => -1,
            default => 0,
        };
        $text .= $token->text;
        $computed = $computed || !($token->is(LITERAL) || '.' === $token->text);
    }

    return $computed ? $text : null;
}

echo json_encode(array_map(readMigration(...), array_slice($argv, 1)), JSON_THROW_ON_ERROR | JSON_INVALID_UTF8_SUBSTITUTE);
