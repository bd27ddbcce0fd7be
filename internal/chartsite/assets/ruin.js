// What takes the page, or its whole process, down.

// crash makes the engine lay out 40,000 nested elements. It does so by recursion, and its stack overflows.
// The elements are joined in chains of 500, because appending visits all ancestors.
export function crash() {
  const root = document.createElement("div");
  let innermost = root;
  for (let chain = 0; chain < 80; chain++) {
    const outer = document.createElement("div");
    let inner = outer;
    for (let i = 1; i < 500; i++) inner = inner.appendChild(document.createElement("div"));
    innermost.append(outer);
    innermost = inner;
  }
  document.body.append(root);
  root.getBoundingClientRect();
}

// freeze never releases the page's thread. It begins a little later, so that the page can still say that it is
// ready.
export function freeze() {
  setTimeout(() => { for (;;); }, 50);
}
