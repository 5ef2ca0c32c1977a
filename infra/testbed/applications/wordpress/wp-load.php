<?php

// What every script begins with. The shape of WordPress, none of its code.
define('ABSPATH', __DIR__.'/');
const VERSION = '1.0';

function escape(string $text): string
{
    return htmlspecialchars($text);
}
