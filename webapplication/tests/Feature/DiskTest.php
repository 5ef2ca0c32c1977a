<?php

declare(strict_types=1);

namespace App\Tests\Feature;

use App\Tests\Servers\Application;
use App\Tests\Servers\Files;
use App\Tests\Servers\Fpm;
use App\Tests\Servers\Text;
use PHPUnit\Framework\Attributes\Test;

final class DiskTest extends FeatureTestCase
{
    #[Test]
    public function a_disk_that_is_full_in_the_middle_of_a_file_gives_503_and_leaves_nothing(): void
    {
        $media = $this->environment->directory.'/full/media';
        mkdir($media, 0o755, true);
        $application = $this->start(['MEDIA_ROOT' => $media, 'PHP_FPM' => Fpm::whoseDiskMayBeFull(dirname($media))]);
        foreach ($application->workers() as $worker) {
            Fpm::limitFiles($worker, '8192');
        }

        $big = $application->client()->send('POST', '/api/generate-image?width=2000&height=2000&format=jpeg');
        $small = $application->client()->send('POST', '/api/generate-image?width=16&height=16');
        $files = array_map(basename(...), Files::matching($media.'/outbox/{,.}[!.]*'));
        $application->stop();

        self::assertProblem(503, $big);
        self::assertNotNull($big->header('Retry-After'));
        self::assertSame(201, $small->status);
        self::assertSame([$small->text('name')], $files);
    }

    #[Test]
    public function an_outbox_without_permission_gives_503_and_leaves_nothing(): void
    {
        $outbox = $this->environment->mediaRoot.'/outbox';
        rename($outbox, $outbox.'-away');
        touch($outbox);
        $answer = $this->client->send('POST', '/api/generate-image');
        unlink($outbox);
        rename($outbox.'-away', $outbox);

        self::assertProblem(503, $answer);
        self::assertStringNotContainsString($this->environment->directory, $answer->body);
        self::assertSame([], Files::matching($outbox.'/.tmp-*'));
    }

    #[Test]
    public function when_neither_mysql_nor_the_journal_takes_the_row_the_image_is_withdrawn(): void
    {
        $journal = $this->environment->mediaRoot.'/journal';
        rename($journal, $journal.'-away');
        touch($journal);
        $this->environment->mysql->stop();
        $before = Files::matching($this->environment->mediaRoot.'/outbox/*');
        $answer = $this->client->send('POST', '/api/generate-image');
        $after = Files::matching($this->environment->mediaRoot.'/outbox/*');
        $this->environment->mysql->start();
        unlink($journal);
        rename($journal.'-away', $journal);
        $this->environment->mysql->awaitReady();

        self::assertProblem(503, $answer);
        self::assertSame($before, $after);
    }

    #[Test]
    public function killed_in_mid_image_again_and_again_it_never_leaves_a_partial_file_under_a_final_name(): void
    {
        $media = $this->environment->directory.'/killed/media';
        mkdir($media, 0o755, true);
        $application = $this->start(['MEDIA_ROOT' => $media, 'SIDECAR_PORT' => '1', 'SIDECAR_SECONDS' => '0', 'FPM_MAX_CHILDREN' => '4']);
        $promised = $this->makeWhileKilling($application, 8);
        $application->stop();

        $files = Files::matching($media.'/outbox/*.jpg');
        self::assertGreaterThan(0, count($files));
        foreach ($files as $file) {
            self::assertStringEndsWith("\xff\xd9", (string) file_get_contents($file), $file);
        }
        foreach ($promised as $name => $sha256) {
            self::assertSame($sha256, hash_file('sha256', $media.'/outbox/'.$name));
        }
    }

    /** @return array<string, string> name => sha256 of every image that was answered with 201 */
    private function makeWhileKilling(Application $application, int $kills): array
    {
        $multi = curl_multi_init();
        $promised = [];
        $killed = 0;
        $running = 0;
        $lastKill = microtime(true);
        $deadline = microtime(true) + 60;
        while (($killed < $kills || $running > 0) && microtime(true) < $deadline) {
            while ($killed < $kills && $running < 4) {
                $request = curl_init('http://127.0.0.1:'.$application->port.'/api/generate-image?width=600&height=600&format=jpeg');
                self::assertInstanceOf(\CurlHandle::class, $request);
                curl_setopt($request, \CURLOPT_RETURNTRANSFER, true);
                curl_multi_add_handle($multi, $request);
                ++$running;
            }
            curl_multi_exec($multi, $active);
            curl_multi_select($multi, 0.01);
            while (false !== $done = curl_multi_info_read($multi)) {
                self::assertInstanceOf(\CurlHandle::class, $done['handle']);
                --$running;
                if (201 === curl_getinfo($done['handle'], \CURLINFO_RESPONSE_CODE) && \CURLE_OK === $done['result']) {
                    $made = (array) json_decode((string) curl_multi_getcontent($done['handle']), true);
                    $promised[Text::of($made['name'])] = Text::of($made['sha256']);
                }
                curl_multi_remove_handle($multi, $done['handle']);
            }
            $pause = microtime(true) - $lastKill;
            // Begins after the first success, then kills after a success or after a while: some requests succeed and some fail on any machine.
            if ($killed < $kills && [] !== $promised && ($pause > 0.6 || ($pause > 0.05 && count($promised) > $killed))) {
                $lastKill = microtime(true);
                foreach ($application->workers() as $worker) {
                    posix_kill($worker, \SIGKILL);
                }
                ++$killed;
            }
        }

        return $promised;
    }

    /** @param array<string, string> $settings */
    private function start(array $settings): Application
    {
        $application = $this->environment->another($settings + ['FPM_MAX_CHILDREN' => '2']);
        $application->start();
        $application->awaitReady();

        return $application;
    }
}
