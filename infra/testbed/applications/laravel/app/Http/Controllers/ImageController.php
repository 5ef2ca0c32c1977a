<?php

namespace App\Http\Controllers;

use App\Models\Image;
use Illuminate\Http\JsonResponse;
use Illuminate\Support\Str;

/** Draws images into storage/media and keeps their names in MySQL. */
class ImageController extends Controller
{
    public function store(): JsonResponse
    {
        $name = Str::ulid().'.png';
        $canvas = imagecreatetruecolor(500, 500);
        imagefill($canvas, 0, 0, imagecolorallocate($canvas, random_int(0, 255), random_int(0, 255), random_int(0, 255)));
        if (! imagepng($canvas, storage_path('media/'.$name))) {
            abort(500, 'The image could not be written.');
        }

        return response()->json(['url' => '/media/'.Image::create(['name' => $name])->name], 201);
    }

    public function index(): JsonResponse
    {
        return response()->json(Image::query()->latest('id')->limit(20)->pluck('name'));
    }
}
