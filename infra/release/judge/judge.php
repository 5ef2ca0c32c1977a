<?php

declare(strict_types=1);

/*
 * Judges the SQL of migrations. stdin: {"kind": "expand" | "contract", "oneChange": true, "lineComments": true, "migrations": [{"version", "statements": [SQL, …]}, …]}.
 * stdout: [{"version", "statement", "position", "rule", "reason"}, …], the migrations that are refused, in the same order.
 */

use Slipway\Judge\MigrationJudge;
use Slipway\Judge\SqlReader;
use Slipway\Judge\StatementJudge;

require __DIR__.'/vendor/autoload.php';

/** @var array{kind: string, oneChange?: bool, lineComments?: bool, migrations: list<array{version: string, statements: list<string>}>} $asked */
$asked = json_decode((string) stream_get_contents(\STDIN), true, 512, \JSON_THROW_ON_ERROR);
$reader = new SqlReader($asked['lineComments'] ?? true);
$judge = new MigrationJudge(new StatementJudge($reader), $reader);
$of = 'contract' === $asked['kind'] ? $judge->contract(...) : $judge->expand(...);
$refused = [];
foreach ($asked['migrations'] as ['version' => $version, 'statements' => $statements]) {
    $refusal = $of($statements, $asked['oneChange'] ?? true);
    if (null !== $refusal) {
        $refused[] = ['version' => $version] + $refusal;
    }
}
echo json_encode($refused, \JSON_THROW_ON_ERROR | \JSON_UNESCAPED_SLASHES | \JSON_UNESCAPED_UNICODE | \JSON_INVALID_UTF8_SUBSTITUTE), "\n";
