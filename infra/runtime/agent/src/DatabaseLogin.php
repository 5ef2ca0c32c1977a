<?php

declare(strict_types=1);

namespace Slipway\Agent;

/**
 * The application's login in MySQL: all rights on its own database and no others. The administrator, whose password comes with the
 * request and is kept nowhere, makes it, or gives it the password that the vault has now.
 */
final readonly class DatabaseLogin
{
    private const CONNECT_SECONDS = 5;
    /** The last one is MariaDB's for a login that it does not know. */
    private const ACCESS_DENIED = [1044, 1045, 1698];

    public function __construct(private Settings $settings)
    {
    }

    /** @param bool $mayChange false while production uses the login: another password would end its connections */
    public function ensure(string $administrator, #[\SensitiveParameter] string $password, bool $mayChange): Answer
    {
        try {
            if ($this->works()) {
                return new Answer(200, ['login' => 'works']);
            }
            if (!$mayChange) {
                return Answer::problem(409, 'Conflict', 'MySQL refuses the login with the password that the vault has now, and production uses it.');
            }
            $this->make($this->connect($administrator, $password, ''));

            return $this->works()
                ? new Answer(200, ['login' => 'made'])
                : Answer::problem(503, 'Service Unavailable', 'MySQL refuses the login that was just made.');
        } catch (\PDOException $failure) {
            return Answer::problem(503, 'Service Unavailable', self::isRefused($failure)
                ? 'MySQL refuses its administrator.'
                : 'MySQL answers '.(int) ($failure->errorInfo[1] ?? 0).'.');
        }
    }

    private function works(): bool
    {
        try {
            $this->connect($this->settings->databaseUser, $this->settings->databasePassword, $this->settings->databaseName);

            return true;
        } catch (\PDOException $failure) {
            return self::isRefused($failure) ? false : throw $failure;
        }
    }

    private function make(\PDO $administrator): void
    {
        $login = $administrator->quote($this->settings->databaseUser)."@'%'";
        $password = $administrator->quote($this->settings->databasePassword);
        // In a pattern of GRANT an underscore stands for any letter.
        $database = '`'.str_replace(['`', '_', '%'], ['``', '\_', '\%'], $this->settings->databaseName).'`';
        foreach ([
            "CREATE USER IF NOT EXISTS $login IDENTIFIED BY $password",
            "ALTER USER $login IDENTIFIED BY $password",
            "REVOKE ALL PRIVILEGES, GRANT OPTION FROM $login",
            "GRANT ALL ON $database.* TO $login",
        ] as $statement) {
            $administrator->exec($statement);
        }
    }

    private function connect(string $user, #[\SensitiveParameter] string $password, string $database): \PDO
    {
        $settings = $this->settings;

        return new \PDO(
            sprintf('mysql:host=%s;port=%d;charset=utf8mb4', $settings->databaseHost, $settings->databasePort).('' === $database ? '' : ';dbname='.$database),
            $user,
            $password,
            [
                \PDO::ATTR_TIMEOUT => self::CONNECT_SECONDS,
                \PDO::ATTR_ERRMODE => \PDO::ERRMODE_EXCEPTION,
                \PDO::MYSQL_ATTR_SSL_CA => $settings->tlsCaFile,
                \PDO::MYSQL_ATTR_SSL_VERIFY_SERVER_CERT => true,
            ],
        );
    }

    private static function isRefused(\PDOException $failure): bool
    {
        return in_array((int) ($failure->errorInfo[1] ?? $failure->getCode()), self::ACCESS_DENIED, true);
    }
}
