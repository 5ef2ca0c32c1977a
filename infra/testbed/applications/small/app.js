document.title = 'Guest book';
