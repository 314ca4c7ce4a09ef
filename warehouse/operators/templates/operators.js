// A page that nothing replaces would go on saying that all is well.
const stale = document.getElementById("stale");
if (stale && Date.now() > 1000 * stale.dataset.after) stale.hidden = false;
