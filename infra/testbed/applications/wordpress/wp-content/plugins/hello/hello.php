<?php

require __DIR__.'/../../../wp-load.php';

echo 'Hello ', escape($_GET['name'] ?? 'nobody'), ' from ', $_SERVER['SCRIPT_NAME'];
