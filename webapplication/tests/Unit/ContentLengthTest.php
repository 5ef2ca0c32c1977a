<?php

declare(strict_types=1);

namespace App\Tests\Unit;

use App\Http\ContentLength;
use PHPUnit\Framework\Attributes\Test;
use PHPUnit\Framework\TestCase;
use Symfony\Component\HttpFoundation\Request;
use Symfony\Component\HttpFoundation\Response;
use Symfony\Component\HttpKernel\Event\ResponseEvent;
use Symfony\Component\HttpKernel\HttpKernelInterface;

final class ContentLengthTest extends TestCase
{
    #[Test]
    public function a_short_response_is_not_buffered_and_every_response_has_its_length(): void
    {
        $short = $this->send(str_repeat('x', 12_288));
        $long = $this->send(str_repeat('x', 12_289));

        self::assertSame(['12288', 'no'], [$short->headers->get('Content-Length'), $short->headers->get('X-Accel-Buffering')]);
        self::assertSame(['12289', null], [$long->headers->get('Content-Length'), $long->headers->get('X-Accel-Buffering')]);
        self::assertNull($this->send('')->headers->get('Content-Length'));
    }

    private function send(string $content): Response
    {
        $response = new Response($content);
        (new ContentLength())(new ResponseEvent(self::createStub(HttpKernelInterface::class), new Request(), HttpKernelInterface::MAIN_REQUEST, $response));

        return $response;
    }
}
