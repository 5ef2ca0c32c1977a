<?php

require __DIR__.'/wp-load.php';

echo '<!doctype html><script src="/wp-includes/js/menu.js"></script><h1>Post ', escape($_SERVER['REQUEST_URI']), '</h1>';
