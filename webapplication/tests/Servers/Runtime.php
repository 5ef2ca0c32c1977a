<?php

declare(strict_types=1);

namespace App\Tests\Servers;

/** slipway's runtime, which runs the application of a directory here instead of the one in a package. */
final class Runtime
{
    private static ?string $description = null;

    public static function directory(): string
    {
        return self::infra().'/runtime';
    }

    /**
     * A copy of the runtime with one text of a template replaced, so that a test meets a limit soon or a moment for certain.
     *
     * @return string its directory
     */
    public static function altered(string $directory, string $template, string $from, string $to): string
    {
        exec(sprintf('cp -r %s %s', escapeshellarg(self::directory()), escapeshellarg($directory)));
        $file = $directory.'/templates/'.$template;
        $text = (string) file_get_contents($file);
        if (!str_contains($text, $from)) {
            throw new \LogicException(sprintf('%s does not contain "%s"', $template, $from));
        }
        file_put_contents($file, str_replace($from, $to, $text));
        exec('chmod -R a+rX '.escapeshellarg($directory));

        return $directory;
    }

    /** The file that tells the runtime of the application, made from slipway.yaml as a release does. */
    public static function description(): string
    {
        return self::$description ??= self::describe();
    }

    /**
     * A package brings its compiled container; a directory without one gets it beside the sockets.
     *
     * @return array<string, string>
     */
    public static function compiledCache(string $application, string $runDirectory): array
    {
        if (is_file($application.'/var/cache/prod/App_KernelProdContainer.php') && is_file($application.'/version.json')) {
            return [];
        }
        $cache = $runDirectory.'-cache';
        exec(sprintf('rm -rf %1$s && cd %2$s && APP_CACHE_DIR=%1$s php bin/console cache:warmup --env=prod 2>&1 && chmod -R a+rX %1$s', escapeshellarg($cache), escapeshellarg($application)), $output, $code);
        if (0 !== $code) {
            throw new \RuntimeException('cache:warmup: '.implode("\n", $output));
        }

        return ['APP_CACHE_DIR' => $cache];
    }

    private static function describe(): string
    {
        $file = sys_get_temp_dir().'/slipway-app-'.bin2hex(random_bytes(4)).'.json';
        $node = glob(dirname(self::infra()).'/node_modules/node-linux-*/bin/node');
        exec(sprintf('%s --disable-warning=ExperimentalWarning %s %s > %s', escapeshellarg(false === $node ? 'node' : $node[0] ?? 'node'), escapeshellarg(self::infra().'/release/package/describe.ts'), escapeshellarg(dirname(__DIR__, 2)), escapeshellarg($file)), $output, $code);
        if (0 !== $code) {
            throw new \RuntimeException('describe.ts: '.implode("\n", $output));
        }
        chmod($file, 0o644);
        register_shutdown_function(static fn () => @unlink($file));

        return $file;
    }

    private static function infra(): string
    {
        return dirname(__DIR__, 3).'/infra';
    }
}
