<?php

declare(strict_types=1);

namespace App\Tests\Unit;

use App\Tests\Servers\Text;
use PHPUnit\Framework\Attributes\Test;
use PHPUnit\Framework\TestCase;

/** Compares the installed packages with composer.json and versions.lock. */
final class PackagesTest extends TestCase
{
    /** Functions that are new in PHP 8.5; src/polyfill-php85.php defines only the first. */
    private const PHP_85 = ['get_error_handler', 'get_exception_handler', 'array_first', 'array_last', 'locale_is_right_to_left'];

    #[Test]
    public function the_installed_packages_need_no_function_of_php_85_but_the_one_that_is_filled_in(): void
    {
        $used = [];
        $directory = dirname(__DIR__, 2).'/vendor';
        foreach ($this->productionPackages() as $package) {
            foreach (new \RecursiveIteratorIterator(new \RecursiveDirectoryIterator($directory.'/'.$package, \FilesystemIterator::SKIP_DOTS)) as $file) {
                if ($file instanceof \SplFileInfo && 'php' === $file->getExtension()) {
                    preg_match_all('/(?<![\w>:\\\\]|function )\\\\?('.implode('|', self::PHP_85).')\(/', (string) file_get_contents($file->getPathname()), $calls);
                    array_push($used, ...$calls[1]);
                }
            }
        }

        self::assertSame(['get_error_handler'], array_values(array_unique($used)));
    }

    #[Test]
    public function the_pins_identify_the_bytes_of_each_package_name_no_registry_and_agree_with_composer_json(): void
    {
        $directory = dirname(__DIR__, 2);
        $pinned = (array) json_decode((string) file_get_contents($directory.'/versions.lock'), true, 512, \JSON_THROW_ON_ERROR);
        $wanted = (array) json_decode((string) file_get_contents($directory.'/composer.json'), true, 512, \JSON_THROW_ON_ERROR);
        $names = [];
        foreach (['packages', 'packages-dev'] as $list) {
            foreach ((array) $pinned[$list] as $package) {
                self::assertIsArray($package);
                self::assertIsArray($package['dist'] ?? null);
                self::assertSame('', $package['dist']['url'] ?? null);
                self::assertNotSame('', Text::of($package['dist']['reference'] ?? $package['dist']['shasum'] ?? ''), 'what identifies its bytes');
                $names[] = $package['name'];
            }
        }
        foreach ([...array_keys((array) $wanted['require']), ...array_keys((array) $wanted['require-dev'])] as $name) {
            if (str_contains((string) $name, '/')) {
                self::assertContains($name, $names);
            }
        }
    }

    /** @return list<string> */
    private function productionPackages(): array
    {
        $pinned = (array) json_decode((string) file_get_contents(dirname(__DIR__, 2).'/versions.lock'), true, 512, \JSON_THROW_ON_ERROR);

        return array_map(Text::of(...), array_column((array) $pinned['packages'], 'name'));
    }
}
