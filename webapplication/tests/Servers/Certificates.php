<?php

declare(strict_types=1);

namespace App\Tests\Servers;

/** A CA and a certificate for 127.0.0.1 signed by it. */
final readonly class Certificates
{
    public string $ca;
    public string $certificate;
    public string $key;

    public function __construct(string $directory)
    {
        $this->ca = $directory.'/ca.pem';
        $this->certificate = $directory.'/server.pem';
        $this->key = $directory.'/server.key';
        $newKey = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2'];
        self::openssl('req', '-x509', '-subj', '/CN=Test CA', '-keyout', $directory.'/ca.key', '-out', $this->ca, ...$newKey);
        self::openssl(
            'req', '-x509', '-subj', '/CN=127.0.0.1', '-addext', 'subjectAltName=IP:127.0.0.1', '-addext', 'basicConstraints=critical,CA:FALSE',
            '-CA', $this->ca, '-CAkey', $directory.'/ca.key', '-keyout', $this->key, '-out', $this->certificate, ...$newKey,
        );
        chmod($this->ca, 0o644);
    }

    private static function openssl(string ...$arguments): void
    {
        exec('openssl '.implode(' ', array_map(escapeshellarg(...), $arguments)).' 2>&1', $output, $code);
        if (0 !== $code) {
            throw new \RuntimeException('openssl: '.implode("\n", $output));
        }
    }
}
