<?php

declare(strict_types=1);

/**
 * A sidecar to test against, served by PHP's own web server. Its Blob is the directory SIDECAR_BLOB; a file named
 * `blob-unavailable` beside it makes Blob unavailable, `blob-hangs` makes it hang; every received trace is a line in `spans`.
 */
$text = static fn (mixed $value): string => is_string($value) ? $value : '';
$blob = (string) getenv('SIDECAR_BLOB');
$media = (string) getenv('MEDIA_ROOT');
$state = dirname($blob);
// Like the real sidecar it reports Blob as unavailable after a while.
$hangsSince = @filemtime($state.'/blob-hangs');
$knows = false !== $hangsSince && time() - $hangsSince >= 2;
$failure = $knows || is_file($state.'/blob-unavailable');
$hangs = !$knows && false !== $hangsSince;
$path = (string) parse_url($text($_SERVER['REQUEST_URI']), \PHP_URL_PATH);
parse_str((string) parse_url($text($_SERVER['REQUEST_URI']), \PHP_URL_QUERY), $query);

$answer = static function (int $status, array $body): void {
    http_response_code($status);
    header('Content-Type: application/json');
    echo json_encode($body);
};

if (1 !== preg_match('/^(127\.0\.0\.1|localhost|\[::1\])(:\d+)?$/D', $text($_SERVER['HTTP_HOST'] ?? ''))) {
    $answer(403, []);

    return;
}

file_put_contents($state.'/requests', json_encode([
    'method' => $_SERVER['REQUEST_METHOD'], 'uri' => $_SERVER['REQUEST_URI'], 'traceparent' => $_SERVER['HTTP_TRACEPARENT'] ?? null,
])."\n", \FILE_APPEND | \LOCK_EX);

if ('/carry' === $path) {
    $name = $text($query['name'] ?? '');
    if ($hangs) {
        usleep(1000 * (int) $text($query['wait'] ?? '0'));
        $answer(202, ['durable' => false]);
    } elseif ($failure) {
        $answer(503, ['durable' => false]);
    } elseif (!is_file($media.'/outbox/'.$name)) {
        $answer(404, []);
    } else {
        @mkdir(dirname($blob.'/'.$name), 0o777, true);
        copy($media.'/outbox/'.$name, $blob.'/'.$name);
        @mkdir(dirname($media.'/synced/'.$name), 0o777, true);
        rename($media.'/outbox/'.$name, $media.'/synced/'.$name);
        $answer(200, ['durable' => true]);
    }
} elseif ('/drain' === $path) {
    $failure || $hangs ? $answer(504, ['pending' => 3]) : $answer(200, ['drained' => true]);
} elseif ('/status' === $path) {
    $answer(200, ['pending' => 0, 'media' => ['pending' => 0, 'oldestSeconds' => 0, 'synced' => 0, 'stuck' => [], 'conflicts' => []]]);
} elseif ('/retry' === $path) {
    match ($text($query['name'] ?? 'waits')) {
        'unknown' => $answer(404, []),
        'taken' => $answer(409, []),
        default => $answer(202, ['retried' => 1]),
    };
} elseif ('/set-aside' === $path) {
    match ($text($query['name'] ?? '')) {
        'unknown' => $answer(404, ['name' => 'unknown', 'result' => 'unknown']),
        '../bad' => $answer(400, []),
        'fails' => $answer(500, ['reason' => 'permission denied']),
        default => $answer(200, ['name' => $query['name'], 'result' => 'set aside', 'movedTo' => 'set-aside/'.$text($query['name'] ?? '')]),
    };
} elseif ('/readyz' === $path) {
    $answer(200, ['ready' => true, 'blob' => $failure || $hangs ? 'away' : 'up', 'version' => 'fake']);
} elseif ('/v1/traces' === $path) {
    file_put_contents($state.'/spans', file_get_contents('php://input')."\n", \FILE_APPEND | \LOCK_EX);
    $answer(200, []);
} elseif (str_starts_with($path, '/blob/')) {
    $file = $blob.'/'.rawurldecode(substr($path, 6));
    if ($hangs) {
        sleep(4);
    } elseif ($failure) {
        $answer(503, []);
    } elseif (str_ends_with($path, '/refused-by-blob')) {
        $answer(400, []);
    } elseif (!is_file($file)) {
        $answer(404, []);
    } else {
        $size = (int) filesize($file);
        header('Content-Type: '.(str_starts_with((string) file_get_contents($file, length: 4), "\x89PNG") ? 'image/png' : 'application/octet-stream'));
        header('ETag: "of-blob-itself"');
        header('Last-Modified: Tue, 24 Nov 2026 08:00:00 GMT');
        header('x-ms-blob-content-md5: '.base64_encode($size > 10_000_000 ? '' : (string) md5_file($file, true)));
        [$first, $last] = [0, $size - 1];
        if (1 === preg_match('/^bytes=(\d+)-(\d+)$/', $text($_SERVER['HTTP_RANGE'] ?? ''), $range)) {
            [$first, $last] = [(int) $range[1], (int) $range[2]];
            http_response_code(206);
            header(sprintf('Content-Range: bytes %d-%d/%d', $first, $last, $size));
        }
        header('Content-Length: '.($last - $first + 1));
        $source = fopen($file, 'r');
        $sink = fopen('php://output', 'w');
        if (is_resource($source) && is_resource($sink)) {
            stream_copy_to_stream($source, $sink, $last - $first + 1, $first);
        }
    }
} else {
    $answer(404, []);
}
