// What is wrong with the page that is open: wider than the screen, or a heading or control broken within a word. The
// browser breaks lines where its dictionary ends a word; elsewhere only what is longer than the line (a name, an address)
// may be broken. Intl.Segmenter asks the same dictionary.
() => {
  const faults = [];
  const over = document.documentElement.scrollWidth - document.documentElement.clientWidth;
  if (over > 0) {
    const wide = [...document.querySelectorAll("body *")].filter(each => each.getBoundingClientRect().right > innerWidth + 0.5);
    faults.push(`${over} px wider than the screen: ${wide.slice(-3).map(each => each.outerHTML.slice(0, 160)).join(" | ")}`);
  }
  const words = new Intl.Segmenter("th", {granularity: "word"});
  const letters = new Intl.Segmenter("th", {granularity: "grapheme"});
  const thai = /^[\u0e01-\u0e5b]/;
  for (const element of document.querySelectorAll("h1, h2, h3, h4, legend, th, dt, label, summary, .button, .tag, nav a")) {
    if (!element.checkVisibility() || element.closest(".visually-hidden")) continue;
    const walker = document.createTreeWalker(element, NodeFilter.SHOW_TEXT);
    const text = element.textContent, starts = new Set([...words.segment(text)].map(each => each.index));
    let before = null, offset = 0;
    for (let node = walker.nextNode(); node; offset += node.data.length, node = walker.nextNode()) {
      for (const {segment, index} of letters.segment(node.data)) {
        const range = document.createRange();
        range.setStart(node, index);
        range.setEnd(node, index + segment.length);
        const box = range.getClientRects()[0];
        if (!box || !box.width) continue;
        const broken = before && box.top >= before.box.bottom - 1;
        if (broken && thai.test(segment) && thai.test(before.segment) && !starts.has(offset + index))
          faults.push(`broken in a word: ${text.slice(0, offset + index)}/${text.slice(offset + index)}`);
        before = {segment, box};
      }
    }
  }
  return faults;
}
