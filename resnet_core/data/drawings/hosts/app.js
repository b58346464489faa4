// The app calls the drawing itself, once for each run of the page.
export default drawing;
