<?php

declare(strict_types=1);

require dirname(__DIR__).'/vendor/autoload.php';
require getenv('APP_CACHE_DIR').'/App_KernelProdContainer.preload.php';
