document.title = 'Post';
