import type { Product } from './catalogue.js';
import { escapeHtml, Html } from './html.js';
import { drawShape } from './shapes.js';

/**
 * The picture of a product as an `<svg>` element.
 *
 * @param label Text for who cannot see it; without one it is decoration beside the product's name.
 */
export function pictureOf(product: Product, label?: string): Html {
  const { shape, colours } = product.picture;
  const [backdrop, main, second] = colours;
  const role = label === undefined ? 'aria-hidden="true"' : `role="img" aria-label="${escapeHtml(label)}"`;
  return new Html(
    `<svg class="picture" xmlns="http://www.w3.org/2000/svg" viewBox="0 0 400 400" ${role}>` +
      `<rect width="400" height="400" fill="${backdrop}"/><circle cx="320" cy="70" r="150" fill="#fff" fill-opacity=".25"/>` +
      `<ellipse cx="200" cy="333" rx="138" ry="13" fill="#000" fill-opacity=".12"/>${drawShape(shape, main, second)}</svg>`,
  );
}

/** An ipê tree in flower above the sea: the picture of the home page. Its left half is calm, for the text in front of it. */
export const heroPicture: Html = new Html(
  '<svg class="hero-picture" xmlns="http://www.w3.org/2000/svg" viewBox="0 0 1280 480" preserveAspectRatio="xMaxYMid slice" aria-hidden="true">' +
    '<rect width="1280" height="480" fill="#bfe0dc"/><circle cx="1110" cy="130" r="58" fill="#fff3cf"/>' +
    '<path fill="#e3efe2" d="M0 240q140-90 300-30t300 20q150-60 280 0t220-30 180 20v80H0z"/>' +
    '<path fill="#5a9b8f" d="M0 276q110-100 200-40t170-10q90-60 170 10t120 20q90-78 160-16t120-14q70-30 130 26t210 4v60H0z"/>' +
    '<path fill="#2f8a94" d="M0 296h1280v184H0z"/>' +
    '<path fill="none" stroke="#fff" stroke-opacity=".5" stroke-width="4" stroke-linecap="round" d="M30 330q20-12 40 0t40 0 40 0M640 336q18-12 36 0t36 0M1000 326q20-12 40 0t40 0 40 0M1130 358q20-12 40 0t40 0 40 0M560 372q20-12 40 0t40 0 40 0"/>' +
    '<path fill="#f0dcae" d="M0 480v-40q300-60 640-36t640-8v84z"/><path fill="none" stroke="#fff" stroke-opacity=".8" stroke-width="6" d="M0 438q300-60 640-36t640-8"/>' +
    '<ellipse cx="850" cy="450" rx="130" ry="9" fill="#000" fill-opacity=".1"/>' +
    '<path fill="#5d4030" d="M826 452q18-90 4-186l-62-70 12-10 56 56 4-96h16l2 100 62-66 12 10-66 84q-6 96 14 178z"/>' +
    '<g fill="#eab22f"><circle cx="762" cy="176" r="66"/><circle cx="844" cy="112" r="82"/><circle cx="934" cy="166" r="66"/><circle cx="850" cy="196" r="64"/><circle cx="706" cy="214" r="34"/><circle cx="982" cy="214" r="30"/></g>' +
    '<g fill="#f7cf57"><circle cx="748" cy="156" r="40"/><circle cx="830" cy="88" r="52"/><circle cx="926" cy="142" r="40"/><circle cx="838" cy="178" r="34"/></g>' +
    '<g fill="#eab22f"><circle cx="726" cy="440" r="6"/><circle cx="770" cy="456" r="5"/><circle cx="892" cy="450" r="6"/><circle cx="934" cy="438" r="5"/><circle cx="970" cy="458" r="6"/><circle cx="690" cy="430" r="5"/><circle cx="992" cy="310" r="5"/><circle cx="960" cy="272" r="5"/><circle cx="720" cy="290" r="5"/></g>' +
    '<g transform="translate(1070 366)"><path fill="#6b4a33" d="M75-6h6v84h-6z"/><path fill="#b5302f" d="M0 0q10-58 78-66 68 8 78 66-20-14-39 0-20-14-39 0-20-14-39 0Q20-14 0 0z"/><path fill="#f7ead0" d="M39 0q6-46 39-66 33 20 39 66-20-14-39 0-20-14-39 0z"/></g></svg>',
);
