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
    /** Hashing larger files before each response would take too long. */
    private const MAX_HASHED_BYTES = 8 * 1024 * 1024;

    public function respond(Request $request, MediaName $name, MediaContent $content): Response
    {
        $etag = self::etag($name, $content);
        $headers = ['ETag' => $etag, 'Accept-Ranges' => 'bytes'] + $this->describe($name, $content);

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
        $headers['Content-Length'] = (string) ($range->length ?? $content->size());
        if (null !== $range) {
            $headers['Content-Range'] = $range->contentRange();
        }
        $part = $range ?? ByteRange::whole($content->size());

        return new StreamedResponse(
            static function () use ($content, $part): void {
                foreach ($content->read($part->offset, $part->length) as $chunk) {
                    echo $chunk;
                }
            },
            null === $range ? Response::HTTP_OK : Response::HTTP_PARTIAL_CONTENT,
            $headers,
        );
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
