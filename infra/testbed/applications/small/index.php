<?php

declare(strict_types=1);

// A guest book as many write one: a form, an upload, a session, a script and a style sheet, without a framework.

require __DIR__.'/lib/page.php';

session_start();
$_SESSION['visits'] = ($_SESSION['visits'] ?? 0) + 1;

if ('POST' === $_SERVER['REQUEST_METHOD']) {
    $_SESSION['name'] = (string) ($_POST['name'] ?? '');
    $file = $_FILES['picture'] ?? null;
    if (null !== $file && UPLOAD_ERR_OK === $file['error']) {
        $target = 'uploads/'.bin2hex(random_bytes(8)).'.txt';
        move_uploaded_file($file['tmp_name'], __DIR__.'/'.$target);
        $_SESSION['picture'] = '/'.$target;
    }
    header('Location: '.$_SERVER['PHP_SELF'], true, 303);
    exit;
}

// Fails: the code is read-only. The page says whether it did.
$readOnly = !@file_put_contents(__DIR__.'/index.php.new', 'x');

echo page($_SESSION['name'] ?? 'nobody', $_SESSION['visits'], $_SESSION['picture'] ?? '', $readOnly);
