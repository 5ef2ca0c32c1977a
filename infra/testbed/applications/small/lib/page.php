<?php

declare(strict_types=1);

function page(string $name, int $visits, string $picture, bool $readOnly): string
{
    $name = htmlspecialchars($name);

    return <<<HTML
        <!doctype html>
        <script type="module" src="/app.js"></script><link rel="stylesheet" href="/style.css">
        <p id="name">{$name}</p><p id="visits">{$visits}</p><p id="picture">{$picture}</p>
        <form method="post" enctype="multipart/form-data"><input name="name"><input type="file" name="picture"></form>
        HTML
        .($readOnly ? '<p>read-only</p>' : '<p>writable</p>');
}
