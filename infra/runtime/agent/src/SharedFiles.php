<?php

declare(strict_types=1);

namespace Slipway\Agent;

/** The share of media: files that the application's tree brought are put there once, and never over one that is there. */
final readonly class SharedFiles
{
    private const MAX_PATHS = 10_000;

    /** @param list<string> $entries directories of the application that are on the share */
    public function __construct(private string $share, private array $entries)
    {
    }

    /** The paths that the share does not have. */
    public function missing(string $body): Answer
    {
        $paths = json_decode($body, true)['paths'] ?? null;
        if (!is_array($paths) || count($paths) > self::MAX_PATHS || [] !== array_filter($paths, fn (mixed $path): bool => !is_string($path) || !$this->isOnShare($path))) {
            return self::refused();
        }

        return new Answer(200, ['missing' => array_values(array_filter($paths, fn (string $path): bool => !file_exists($this->share.'/'.$path)))]);
    }

    /** @param resource $content */
    public function put(mixed $path, $content): Answer
    {
        if (!is_string($path) || !$this->isOnShare($path)) {
            return self::refused();
        }
        $target = $this->share.'/'.$path;
        if (file_exists($target)) {
            return new Answer(200, ['brought' => false]);
        }
        $temporary = dirname($target).'/.slipway-'.bin2hex(random_bytes(8));
        if (!is_dir(dirname($target)) && !@mkdir(dirname($target), 0o775, true) && !is_dir(dirname($target))) {
            return self::full();
        }
        $file = @fopen($temporary, 'x');
        $isWhole = false !== $file && false !== stream_copy_to_stream($content, $file) && fflush($file) && fsync($file);
        if (false !== $file) {
            fclose($file);
        }
        if (!$isWhole || file_exists($target) || !@rename($temporary, $target)) {
            @unlink($temporary);

            return file_exists($target) ? new Answer(200, ['brought' => false]) : self::full();
        }

        return new Answer(201, ['brought' => true]);
    }

    private function isOnShare(string $path): bool
    {
        if ('' === $this->share || 1 === preg_match('~[\x00-\x1f\\\\]|(?:^|/)\.{0,2}(?:/|$)~', $path)) {
            return false;
        }

        return [] !== array_filter($this->entries, static fn (string $entry): bool => str_starts_with($path, $entry.'/'));
    }

    private static function refused(): Answer
    {
        return Answer::problem(422, 'Unprocessable Content', 'A path is below a directory of shared media, without . and ..');
    }

    private static function full(): Answer
    {
        return Answer::problem(507, 'Insufficient Storage', 'The share cannot be written to: it is full, or away.');
    }
}
