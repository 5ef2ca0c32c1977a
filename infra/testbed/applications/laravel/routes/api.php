<?php

use App\Http\Controllers\ImageController;
use Illuminate\Support\Facades\Route;

Route::get('/ping', fn () => ['content' => 'pong']);
Route::match(['get', 'post'], '/generate-image', [ImageController::class, 'store']);
Route::get('/images', [ImageController::class, 'index']);
