// The authorization response by form_post: the form goes off by itself; without scripts a person presses the button.
document.getElementById("form-post").submit();
