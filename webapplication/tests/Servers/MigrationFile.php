<?php

declare(strict_types=1);

namespace App\Tests\Servers;

/** The file of a migration. */
final readonly class MigrationFile
{
    public function __construct(private string $directory, private string $version)
    {
    }

    /**
     * @param 'Contract'|'Expand' $kind
     * @param string              $up   the body of up(), whose argument is $schema; none when it is inherited
     */
    public function write(string $kind, string $up, string $extends = '\\Doctrine\\Migrations\\AbstractMigration', bool $transactional = false): void
    {
        $method = '' === $up ? '' : "public function up(\\Doctrine\\DBAL\\Schema\\Schema \$schema): void\n    {\n        $up\n    }\n";
        $isTransactional = $transactional ? 'true' : 'false';
        $file = $this->directory.'/Version'.$this->version.'.php';
        file_put_contents($file, <<<PHP
            <?php

            namespace DoctrineMigrations;

            #[\\App\\Database\\$kind]
            final class Version{$this->version} extends $extends
            {
                $method
                public function isTransactional(): bool
                {
                    return $isTransactional;
                }
            }
            PHP);
        chmod($file, 0o644);
    }
}
