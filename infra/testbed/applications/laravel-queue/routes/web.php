<?php

use App\Jobs\KeepNote;
use Illuminate\Http\Request;
use Illuminate\Support\Facades\Route;

Route::get('/', fn () => view('welcome'));

Route::get('/note', fn () => ['token' => csrf_token(), 'note' => session('note')]);

Route::post('/note', function (Request $request) {
    session(['note' => $request->input('text')]);
    KeepNote::dispatch($request->input('text'));

    return redirect('/note');
});
