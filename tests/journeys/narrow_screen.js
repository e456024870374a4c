// What is wrong with the page that is open: wider than the screen, or a line that ends within a word of the dictionary. The
// browser breaks lines where its dictionary ends a word; only what is longer than the line (a name, an address) may be
// broken, and in a heading or a control not even that. Intl.Segmenter asks the same dictionary.
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
  const heads = "h1, h2, h3, h4, legend, th, dt, label, summary, .button, .tag, nav a";
  const inline = each => /^(inline|contents|none)/.test(getComputedStyle(each).display);

  // The letters that are seen of a block, each with its place in the text and on the screen.
  const seen = element => {
    const walker = document.createTreeWalker(element, NodeFilter.SHOW_TEXT | NodeFilter.SHOW_ELEMENT);
    const found = [];
    let text = "";
    for (let node = walker.nextNode(); node; node = walker.nextNode()) {
      if (node.nodeName === "BR") text += "\n";
      if (node.nodeType !== Node.TEXT_NODE) continue;
      for (const {segment, index} of letters.segment(node.data)) {
        const range = document.createRange();
        range.setStart(node, index);
        range.setEnd(node, index + segment.length);
        const box = range.getClientRects()[0];
        if (box && box.width) found.push({segment, box, at: text.length + index});
      }
      text += node.data;
    }
    return {found, text};
  };

  for (const element of document.querySelectorAll("body, body *")) {
    // Lines stand in a block with no block within it.
    if (inline(element) || !element.checkVisibility() || element.closest(".visually-hidden, svg, script")) continue;
    if (![...element.querySelectorAll("*")].every(inline)) continue;
    const {found, text} = seen(element);
    const pieces = [...words.segment(text)];
    const starts = new Set(pieces.map(each => each.index));
    found.forEach((letter, place) => {
      const before = found[place - 1];
      const broken = before && letter.box.top >= before.box.bottom - 1;
      if (!broken || !thai.test(letter.segment) || !thai.test(before.segment) || starts.has(letter.at)) return;
      const word = pieces.find(each => each.index < letter.at && letter.at < each.index + each.segment.length);
      const long = found.filter(each => each.at >= word.index && each.at < word.index + word.segment.length)
        .reduce((sum, each) => sum + each.box.width, 0);
      const style = getComputedStyle(element);
      if (long <= element.clientWidth - parseFloat(style.paddingLeft) - parseFloat(style.paddingRight) || element.closest(heads))
        faults.push(`broken in a word: ${text.slice(0, letter.at)}/${text.slice(letter.at)}`);
    });
  }
  return faults;
}
