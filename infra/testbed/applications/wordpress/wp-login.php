<?php

require __DIR__.'/wp-load.php';

session_start();
if ('POST' === $_SERVER['REQUEST_METHOD']) {
    $_SESSION['user'] = (string) ($_POST['log'] ?? '');
    header('Location: /wp-admin/', true, 302);
    exit;
}

echo '<form method="post"><input name="log"></form>';
