import type { Page } from "playwright-core";

/** Runs in the page: what a reader of this width could not see or not read. Empty is good. */
export function hardToRead(page: Page): Promise<string[]> {
  return page.evaluate(script);
}

/** As text, because a compiler's helpers do not exist in the page. */
const script = `(() => {
  const problems = [];
  const { scrollWidth, clientWidth } = document.documentElement;
  if (scrollWidth > clientWidth) problems.push("the page is " + scrollWidth + " wide on a screen of " + clientWidth);

  const canvas = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
  const rgba = (color) => {
    canvas.clearRect(0, 0, 1, 1);
    canvas.fillStyle = color;
    canvas.fillRect(0, 0, 1, 1);
    return [...canvas.getImageData(0, 0, 1, 1).data];
  };
  const light = ([r, g, b]) => {
    const [x, y, z] = [r, g, b].map((c) => (c / 255 <= 0.04045 ? c / 255 / 12.92 : ((c / 255 + 0.055) / 1.055) ** 2.4));
    return 0.2126 * x + 0.7152 * y + 0.0722 * z;
  };
  const behind = (element) => {
    for (let at = element; at; at = at.parentElement) {
      const color = rgba(getComputedStyle(at).backgroundColor);
      if (color[3] === 255) return color;
    }
    return [255, 255, 255, 255];
  };
  for (const element of document.querySelectorAll("main *, nav a, header *")) {
    const own = [...element.childNodes].some((node) => node.nodeType === 3 && node.data.trim() !== "");
    if (!own || !element.checkVisibility()) continue;
    const style = getComputedStyle(element);
    const color = element.closest("svg") ? style.fill : style.color;
    const box = element.closest("svg")?.querySelector(".box");
    const back = box ? rgba(getComputedStyle(box).fill) : behind(element);
    const [a, b] = [light(rgba(color)), light(back)].sort((x, y) => y - x);
    const contrast = (a + 0.05) / (b + 0.05);
    if (contrast < 4.5) problems.push("contrast " + contrast.toFixed(1) + ": " + element.textContent.trim().slice(0, 40));
    if (parseFloat(style.fontSize) < 11) problems.push("letters of " + style.fontSize + ": " + element.textContent.trim().slice(0, 40));
  }
  for (const svg of document.querySelectorAll("main svg")) {
    const frame = svg.getBoundingClientRect();
    const boxes = [...svg.querySelectorAll("rect")].map((box) => box.getBoundingClientRect());
    for (const text of svg.querySelectorAll("text")) {
      const { left, right, top, bottom } = text.getBoundingClientRect();
      const crossed = boxes.some((b) => left < b.right && right > b.left && top < b.bottom && bottom > b.top && !(left > b.left && right < b.right));
      if (crossed || left < frame.left || right > frame.right) problems.push("a picture's text goes over an edge: " + text.textContent);
    }
  }
  return [...new Set(problems)];
})()`;
