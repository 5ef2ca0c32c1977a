<?php

declare(strict_types=1);

namespace App\Media;

use App\Http\ProblemException;
use Symfony\Component\HttpFoundation\Request;
use Symfony\Component\HttpFoundation\Response;
use Symfony\Component\HttpFoundation\StreamedResponse;

/** Preconditions, ranges and headers of a media response; the same wherever the bytes come from. */
final readonly class MediaResponder
{
    private const IMMUTABLE = 'public, max-age=31536000, immutable';
    private const ONE_MINUTE = 'public, max-age=60';
    private const MAX_BUFFERED_BYTES = 1024 * 1024;
    /** Hashing larger files before each response would take too long. */
    private const MAX_HASHED_BYTES = 8 * 1024 * 1024;

    public function respond(Request $request, MediaName $name, MediaContent $content): Response
    {
        $etag = self::etag($name, $content);
        $headers = ['ETag' => $etag] + $this->describe($name, $content);

        $match = $request->headers->get('If-Match');
        if (null !== $match && !self::lists($match, $etag, false)) {
            throw new ProblemException(412);
        }
        $noneMatch = $request->headers->get('If-None-Match');
        if (null !== $noneMatch && self::lists($noneMatch, $etag, true)) {
            unset($headers['Content-Type']);

            return new Response(null, Response::HTTP_NOT_MODIFIED, $headers);
        }

        $range = $this->range($request, $etag, $content->size());
        $accel = $this->accelHeaders($request, $content, $range);
        if ([] !== $accel) {
            return new Response(null, Response::HTTP_OK, $accel + $headers);
        }
        $part = $range ?? ByteRange::whole($content->size());
        $headers['Accept-Ranges'] = 'bytes';
        $headers['Content-Length'] = (string) $part->length;
        if (null !== $range) {
            $headers['Content-Range'] = $range->contentRange();
        }

        return new StreamedResponse(
            static function () use ($content, $part): void {
                // A slow client may take longer than any other request; nginx ends the response when it falls silent.
                set_time_limit(0);
                foreach ($content->read($part->offset, $part->length) as $chunk) {
                    echo $chunk;
                }
            },
            null === $range ? Response::HTTP_OK : Response::HTTP_PARTIAL_CONTENT,
            $headers,
        );
    }

    /**
     * nginx sends the bytes, unless it would treat the request differently: it has no ETag yet when it compares If-Match, and it
     * answers 416 to a range that has to be ignored. PHP sends those itself, large ones in the pool for long responses.
     *
     * @return array<string, string>
     */
    private function accelHeaders(Request $request, MediaContent $content, ?ByteRange $range): array
    {
        if ('on' !== $request->server->get('MEDIA_ACCEL') || !$request->isMethod('GET')) {
            return [];
        }
        $isIgnoredRange = null === $range && $request->headers->has('Range');
        if ($isIgnoredRange || $request->headers->has('If-Match') || $request->headers->has('If-Unmodified-Since')) {
            return $content->size() > self::MAX_BUFFERED_BYTES ? ['X-Accel-Redirect' => '@stream'] : [];
        }

        return $content->accelHeaders($range);
    }

    private function range(Request $request, string $etag, int $size): ?ByteRange
    {
        $header = $request->headers->get('Range');
        $ifRange = $request->headers->get('If-Range');
        if (null === $header || !$request->isMethod('GET') || (null !== $ifRange && trim($ifRange) !== $etag)) {
            return null;
        }
        $range = ByteRange::parse($header, $size);
        if (false === $range) {
            throw new ProblemException(416, headers: ['Content-Range' => 'bytes */'.$size]);
        }

        return $range;
    }

    /** @return array<string, string> */
    private function describe(MediaName $name, MediaContent $content): array
    {
        $type = $name->ownType();
        if (null !== $type) {
            return ['Content-Type' => $type, 'Cache-Control' => self::IMMUTABLE];
        }
        $type = $content->type();

        return ['Content-Type' => $type, 'Cache-Control' => self::ONE_MINUTE]
            + (ImageType::isDisplayable($type) ? [] : ['Content-Disposition' => 'attachment', 'Content-Security-Policy' => 'sandbox']);
    }

    /**
     * A generated name always has the same content. A foreign file may be rewritten until it is in Blob, so its ETag depends on
     * its content, and on its length alone when it is large.
     */
    private static function etag(MediaName $name, MediaContent $content): string
    {
        $identity = $name->path;
        if (null === $name->ownType()) {
            $identity .= "\0".$content->size()."\0".($content->size() <= self::MAX_HASHED_BYTES ? $content->md5() : '');
        }

        return '"'.substr(hash('sha256', $identity), 0, 32).'"';
    }

    private static function lists(string $header, string $etag, bool $weakly): bool
    {
        if ('*' === trim($header)) {
            return true;
        }
        preg_match_all('{(W/)?("[^"]*")}', $header, $listed, \PREG_SET_ORDER);
        foreach ($listed as [, $weak, $tag]) {
            if ($tag === $etag && ($weakly || '' === $weak)) {
                return true;
            }
        }

        return false;
    }
}
