// Goes on with what takes several requests. Without this script a button does it.
const form = document.querySelector("form[data-go-on]");
if (form) form.requestSubmit();
