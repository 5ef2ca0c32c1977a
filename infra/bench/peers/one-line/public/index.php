<?php header('Content-Type: application/json'); echo '{"content":"pong"}';
