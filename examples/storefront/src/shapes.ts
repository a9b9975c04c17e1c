/** What a product picture can show. */
export type Shape =
  | 'lipstick'
  | 'jar'
  | 'perfume'
  | 'polish'
  | 'dropper'
  | 'soap'
  | 'pot'
  | 'kettle'
  | 'mug'
  | 'board'
  | 'blender'
  | 'dripper'
  | 'coffee'
  | 'chocolate'
  | 'preserve'
  | 'tin'
  | 'bowl'
  | 'hammock'
  | 'cushion'
  | 'lamp'
  | 'vase'
  | 'basket'
  | 'throws'
  | 'headphones'
  | 'speaker'
  | 'radio'
  | 'turntable'
  | 'earbuds'
  | 'pandeiro'
  | 'shirt'
  | 'hat'
  | 'sandals'
  | 'tote'
  | 'sarong'
  | 'sunglasses';

/** Shade and shine are black and white over any colour, so a drawing needs only two. */
const shade = 'fill="#000" fill-opacity=".14"';
const shine = 'fill="#fff" fill-opacity=".28"';

type Draw = (main: string, second: string) => string;

/** Drawings in a 400 × 400 box, standing on y = 330. They hold no text from outside, and no ids: a page shows many. */
const drawings: Record<Shape, Draw> = {
  lipstick: (main, second) => `
    <path fill="${main}" d="M178 200v-70q4-26 44-42v112z"/><path ${shine} d="M186 196v-64q2-14 12-24v88z"/>
    <rect x="170" y="184" width="60" height="52" rx="4" fill="${second}"/><rect x="170" y="184" width="16" height="52" ${shine}/>
    <rect x="162" y="228" width="76" height="102" rx="6" fill="#2a2326"/><rect x="172" y="228" width="10" height="102" ${shine}/>`,
  jar: (main, second) => `
    <rect x="108" y="196" width="184" height="134" rx="26" fill="${main}"/><path ${shade} d="M262 196h4q26 0 26 26v82q0 26-26 26h-22q18-8 18-34z"/>
    <rect x="98" y="150" width="204" height="58" rx="12" fill="${second}"/><rect x="98" y="150" width="204" height="16" rx="8" ${shine}/>
    <circle cx="192" cy="266" r="30" fill="none" stroke="${second}" stroke-width="5"/><path fill="${second}" d="M192 248q18 16 0 36-18-20 0-36z"/>`,
  perfume: (main, second) => `
    <rect x="128" y="168" width="144" height="162" rx="20" fill="${main}" fill-opacity=".55"/><path fill="${main}" d="M140 226h120v84q0 10-10 10H150q-10 0-10-10z"/>
    <rect x="176" y="142" width="48" height="28" fill="#d8c48a"/><rect x="162" y="78" width="76" height="68" rx="10" fill="${second}"/>
    <rect x="170" y="86" width="12" height="52" rx="6" ${shine}/><rect x="142" y="182" width="16" height="134" rx="8" ${shine}/>
    <rect x="172" y="240" width="56" height="44" rx="3" fill="#fff" fill-opacity=".85"/><path stroke="${second}" stroke-width="4" d="M182 256h36m-28 12h20"/>`,
  polish: (main, second) => `
    <path fill="${second}" d="M176 84q24-10 48 0l8 118h-64z"/><path ${shine} d="M182 86l10-3-4 119h-14z"/>
    <path fill="${main}" d="M164 202h72q50 20 50 70v38q0 20-20 20H134q-20 0-20-20v-38q0-50 50-70z"/>
    <path ${shine} d="M150 226q-22 18-22 50v26q0 8 8 8h6q-6-50 20-88z"/>`,
  dropper: (main, second) => `
    <path fill="${second}" d="M182 92q0-24 18-24t18 24v34h-36z"/><rect x="166" y="120" width="68" height="44" rx="6" fill="#d9b36a"/>
    <path stroke="#fff" stroke-opacity=".4" stroke-width="3" d="M178 124v36m11-36v36m11-36v36m11-36v36m11-36v36"/>
    <path fill="${main}" d="M172 164h56v14q40 10 40 46v86q0 20-20 20h-96q-20 0-20-20v-86q0-36 40-46z"/>
    <path ${shine} d="M150 214q2-16 16-22v128h-8q-8 0-8-10z"/>
    <rect x="132" y="234" width="136" height="62" fill="#fdf8ee"/><path stroke="${main}" stroke-width="5" d="M160 256h80m-62 18h44"/>`,
  soap: (main, second) => `
    <rect x="96" y="262" width="208" height="68" rx="16" fill="${main}"/><rect x="116" y="200" width="186" height="66" rx="16" fill="${main}"/><rect x="104" y="138" width="188" height="66" rx="16" fill="${main}"/>
    <rect x="96" y="312" width="208" height="18" rx="9" ${shade}/><rect x="116" y="250" width="186" height="16" rx="8" ${shade}/><rect x="104" y="188" width="188" height="16" rx="8" ${shade}/>
    <rect x="156" y="262" width="76" height="68" fill="${second}"/><rect x="172" y="200" width="76" height="66" fill="${second}"/><rect x="158" y="138" width="76" height="66" fill="${second}"/>
    <path stroke="#7d9450" stroke-width="4" fill="none" d="M196 188v-32m0 14q12-2 14-14m-14 22q-12-2-14-14M210 250v-32m0 14q12-2 14-14m-14 22q-12-2-14-14M194 314v-34m0 14q12-2 14-14m-14 22q-12-2-14-14"/>`,
  pot: (main, second) => `
    <path fill="none" stroke="${second}" stroke-width="18" d="M92 238H62q-4 34 38 36M308 238h30q4 34-38 36"/>
    <path fill="${main}" d="M84 216h232q0 114-84 114h-64q-84 0-84-114z"/><path ${shade} d="M262 216h54q0 114-84 114h-30q60-20 60-114z"/>
    <path fill="${second}" d="M76 216q4-58 124-62 120 4 124 62z"/><path ${shine} d="M112 200q22-28 70-34-36 14-48 36z"/>
    <rect x="72" y="208" width="256" height="18" rx="9" fill="${main}"/><path fill="${main}" d="M180 156q-6-28 20-28t20 28z"/>
    <path fill="none" stroke="#fff" stroke-opacity=".6" stroke-width="7" stroke-linecap="round" d="M160 108q-12-16 0-30t0-30M200 100q-12-16 0-30t0-30M240 108q-12-16 0-30t0-30"/>`,
  kettle: (main, second) => `
    <path fill="none" stroke="${second}" stroke-width="16" d="M128 190q-6-96 72-96t72 96"/>
    <path fill="${main}" d="M270 262q34-10 44-70l-14-12 34-8 4 16q-10 96-74 112z"/>
    <path fill="${main}" d="M126 196h148q34 48 26 108-4 26-32 26H132q-28 0-32-26-8-60 26-108z"/><path ${shade} d="M262 196h12q34 48 26 108-4 26-32 26h-40q60-40 34-134z"/>
    <path fill="${second}" d="M132 196q10-30 68-30t68 30z"/><circle cx="200" cy="158" r="13" fill="${second}"/><path ${shine} d="M132 214h18q-22 44-16 94h-12q-10-50 10-94z"/>
    <path fill="none" stroke="#fff" stroke-opacity=".75" stroke-width="4" d="M186 284v-42m0 14q18-2 20-20m-20 34q-18-2-20-20"/>`,
  mug: (main, second) => `
    <path fill="none" stroke="${main}" stroke-width="22" d="M268 206h22q36 0 36 40t-36 40h-28"/>
    <path fill="${main}" d="M104 166h176v126q0 38-38 38H142q-38 0-38-38z"/><path fill="${second}" d="M104 166h176v36q-22 22-44 0t-44 0-44 0-44 0z"/>
    <path ${shade} d="M250 214q16 4 30-10v88q0 38-38 38h-24q32-6 32-40z"/><path ${shine} d="M120 230h14v66q0 10 6 18-20-2-20-22z"/>
    <path fill="none" stroke="#fff" stroke-opacity=".75" stroke-width="7" stroke-linecap="round" d="M168 140q-12-18 0-34t0-34M214 140q-12-18 0-34t0-34"/>`,
  board: (main, second) => `
    <path fill="${main}" d="M116 140q0-24 24-24h30V84q0-22 22-22h0q22 0 22 22v32h30q24 0 24 24v166q0 24-24 24H140q-24 0-24-24z"/>
    <circle cx="192" cy="90" r="10" fill="#efe6d6"/><rect x="134" y="136" width="116" height="176" rx="14" fill="none" stroke="#000" stroke-opacity=".22" stroke-width="6"/>
    <path stroke="#000" stroke-opacity=".1" stroke-width="4" fill="none" d="M156 160q10 60 0 130M184 156q-8 70 2 140M216 160q8 60 0 130"/>
    <path fill="${second}" d="M282 96q32 60 26 140h-26z"/><path fill="#fff" fill-opacity=".5" d="M300 150q10 40 8 86h-8z"/><rect x="280" y="232" width="30" height="94" rx="10" fill="#3a2a20"/>
    <circle cx="295" cy="256" r="4" fill="#d9c7a8"/><circle cx="295" cy="300" r="4" fill="#d9c7a8"/>`,
  blender: (main, second) => `
    <path fill="none" stroke="${second}" stroke-width="14" d="M262 130h36q8 0 6 10l-12 64q-2 10-12 10h-22"/>
    <path fill="#fff" fill-opacity=".7" d="M128 96h144l-20 160H148z"/><path fill="${main}" d="M137 162q32-16 63 0t63 0l-11 94H148z"/><path ${shine} d="M146 110h16l12 146h-14z"/>
    <rect x="120" y="74" width="160" height="26" rx="10" fill="${second}"/><rect x="180" y="56" width="40" height="22" rx="8" fill="${second}"/>
    <path fill="${second}" d="M144 256h112l22 58q4 16-14 16H136q-18 0-14-16z"/><circle cx="200" cy="294" r="16" fill="${main}"/><path stroke="#fff" stroke-width="4" d="M200 294v-12"/>`,
  dripper: (main, second) => `
    <path fill="none" stroke="${second}" stroke-width="12" d="M262 100h30q8 0 4 14l-8 20q-4 10-16 10h-22"/>
    <path fill="${second}" d="M124 82h152l-44 92h-64z"/><path ${shade} d="M240 82h36l-44 92h-20z"/><rect x="138" y="170" width="124" height="16" rx="8" fill="${second}"/>
    <path fill="#fff" fill-opacity=".6" d="M164 186h72v18q54 26 54 84 0 42-38 42H148q-38 0-38-42 0-58 54-84z"/>
    <path fill="${main}" d="M118 264q40-12 82 0t82 0q8 24 4 38-6 20-34 20H148q-28 0-34-20-4-14 4-38z"/><path fill="none" stroke="${main}" stroke-width="5" stroke-linecap="round" d="M200 192v22m0 12v10"/>
    <path ${shine} d="M146 230q-22 22-20 60 0 12 10 16-2-44 24-70z"/>`,
  coffee: (main, second) => `
    <path fill="${main}" d="M124 116h152l16 196q0 18-18 18H126q-18 0-18-18z"/><path ${shade} d="M246 116h30l16 196q0 18-18 18h-26q14-6 12-26z"/>
    <path fill="${main}" d="M132 78h136q6 0 6 8v36H126V86q0-8 6-8z"/><path ${shade} d="M126 108h148v14H126z"/><rect x="116" y="96" width="168" height="12" rx="6" fill="${second}"/>
    <circle cx="200" cy="222" r="58" fill="${second}"/><g transform="rotate(32 200 222)"><ellipse cx="200" cy="222" rx="26" ry="38" fill="#4a2c1b"/><path fill="none" stroke="${second}" stroke-width="5" d="M200 184q-14 18 0 38t0 38"/></g>
    <path stroke="${second}" stroke-width="5" stroke-linecap="round" d="M156 302h88"/>`,
  chocolate: (main, second) => `
    <g transform="rotate(-8 200 200)"><rect x="118" y="62" width="164" height="262" rx="8" fill="${main}"/>
    <path stroke="#000" stroke-opacity=".3" stroke-width="5" d="M118 112h164M118 162h164M173 62v130M228 62v130"/><path fill="none" stroke="#fff" stroke-opacity=".16" stroke-width="4" d="M128 104V72h34M183 104V72h34M238 104V72h34M128 154v-32h34M183 154v-32h34M238 154v-32h34"/>
    <path fill="#f1e6d8" d="M110 196l14-12 15 12 15-12 15 12 15-12 16 12 15-12 15 12 15-12 15 12 15-12 15 12v24H110z"/>
    <path fill="${second}" d="M110 208h180v116q0 10-10 10H120q-10 0-10-10z"/><path fill="#fff" fill-opacity=".9" d="M200 228q36 22 0 60-36-38 0-60z"/><path stroke="#fff" stroke-opacity=".8" stroke-width="5" d="M160 308h80"/></g>`,
  preserve: (main, second) => `
    <path fill="#fff" fill-opacity=".75" d="M124 148h152q24 14 24 44v110q0 28-28 28H128q-28 0-28-28V192q0-30 24-44z"/>
    <path fill="${main}" d="M110 206h180v94q0 20-20 20H130q-20 0-20-20z"/><path ${shine} d="M120 196h16v116q-16-2-16-18z"/>
    <path fill="${second}" d="M118 104h164q10 0 12 12l8 40q-14 10-25 0t-25 0-26 0-26 0-26 0-26 0-26 0-24 0l8-40q2-12 12-12z"/><path stroke="#fff" stroke-opacity=".45" stroke-width="6" d="M144 104l-8 50M172 104l-4 52M200 104v52M228 104l4 52M256 104l8 50M110 128h180"/>
    <path fill="#fdf8ee" d="M148 228h104v70H148z"/><path fill="none" stroke="${second}" stroke-width="5" d="M166 252h68m-54 20h40"/>`,
  tin: (main, second) => `
    <path fill="${main}" d="M116 118v190q0 22 84 22t84-22V118z"/><path ${shade} d="M250 118h34v190q0 14-50 20 16-4 16-22z"/><path ${shine} d="M128 128h16v190q-16-4-16-10z"/>
    <ellipse cx="200" cy="118" rx="84" ry="24" fill="${second}"/><path fill="${second}" d="M110 92v28q0 24 90 24t90-24V92z"/><path ${shade} d="M110 112v8q0 24 90 24t90-24v-8q0 22-90 22t-90-22z"/><ellipse cx="200" cy="92" rx="90" ry="24" fill="${second}"/><ellipse cx="200" cy="92" rx="70" ry="16" ${shine}/>
    <ellipse cx="200" cy="232" rx="52" ry="58" fill="#f8f4e6"/><path fill="${main}" d="M200 190q42 38 0 84-42-46 0-84z"/><path stroke="#f8f4e6" stroke-width="4" d="M200 210v62"/>`,
  bowl: (main, second) => `
    <g fill="${main}"><ellipse cx="140" cy="198" rx="34" ry="20" transform="rotate(-24 140 198)"/><ellipse cx="200" cy="176" rx="36" ry="21" transform="rotate(12 200 176)"/><ellipse cx="262" cy="198" rx="34" ry="20" transform="rotate(30 262 198)"/><ellipse cx="172" cy="206" rx="36" ry="21"/><ellipse cx="230" cy="208" rx="36" ry="20" transform="rotate(-14 230 208)"/></g>
    <g fill="none" stroke="#fff" stroke-opacity=".4" stroke-width="4" stroke-linecap="round"><path d="M122 196q14-14 32-12M182 166q20-6 40 6M246 186q18 4 28 18M156 200q16-8 32-2"/></g>
    <path fill="${second}" d="M78 210h244q0 78-72 104v16H150v-16q-72-26-72-104z"/><path ${shade} d="M270 210h52q0 78-72 104v16h-40q68-28 60-120z"/><path fill="none" stroke="#fff" stroke-opacity=".5" stroke-width="5" d="M90 240q14-14 28 0t28 0 28 0 28 0 28 0 28 0 28 0 22 0"/>`,
  hammock: (main, second) => `
    <path fill="#8a6a4a" d="M58 92h16v238H58zM326 92h16v238h-16z"/><path fill="none" stroke="#a98b66" stroke-width="4" d="M66 122l54 70M66 122l40 84M334 122l-54 70M334 122l-40 84"/>
    <path fill="${main}" d="M104 186q96 66 192 0l12 26q-22 90-108 90T92 212z"/><path fill="${second}" d="M100 196q100 70 200 0l4 10q-104 76-208 0zM98 232q102 70 204 0l-6 14q-96 60-192 0zM120 268q80 42 160 0l-14 14q-66 26-132 0z"/>
    <path fill="none" stroke="${second}" stroke-width="4" stroke-linecap="round" d="M108 252l-8 20M128 276l-8 22M152 292l-6 22M178 300l-4 22M204 302v22M230 298l6 22M254 288l8 22M276 272l10 20M292 252l10 18"/>`,
  cushion: (main, second) => `
    <path fill="${main}" d="M84 94q116 22 232 0-22 118 0 236-116-22-232 0 22-118 0-236z"/>
    <g fill="none" stroke="${second}" stroke-width="17"><path d="M95 142q26-30 52 0t52 0 52 0 54 0M97 196q26-30 52 0t52 0 52 0 50 0M97 250q26-30 52 0t52 0 52 0 52 0M92 304q26-30 56-2t52-2 52 0 56 6"/></g>
    <path ${shade} d="M84 330q116-22 232 0-12-60-11-118-6 70-22 92-80 12-199 26z"/>`,
  lamp: (main, second) => `
    <circle cx="200" cy="160" r="132" fill="#fff6d8" fill-opacity=".7"/><path fill="${main}" d="M150 76h100l48 124H102z"/>
    <path fill="none" stroke="#fff" stroke-opacity=".4" stroke-width="4" d="M166 76l-30 124M184 76l-14 124M200 76v124M216 76l14 124M234 76l30 124M140 108h122M128 140h146M114 170h172"/>
    <path fill="${second}" d="M192 200h16v60q40 14 44 54 0 16-16 16h-72q-16 0-16-16 4-40 44-54z"/><path ${shine} d="M176 276q-16 14-18 36 0 6 8 6 0-24 18-40z"/>`,
  vase: (main, second) => `
    <path fill="${second}" d="M196 182Q110 150 108 66q76 22 92 116zM204 182q-6-96 58-142 22 82-54 142zM210 186q34-74 100-70-20 66-96 74z"/><path fill="none" stroke="#fff" stroke-opacity=".35" stroke-width="4" d="M122 84q46 36 76 96M256 62q-42 50-50 118M292 130q-46 14-82 54"/>
    <path fill="${main}" d="M164 170h72q-8 30 22 56 34 30 26 66-6 38-40 38h-88q-34 0-40-38-8-36 26-66 30-26 22-56z"/><path ${shade} d="M222 170h14q-8 30 22 56 34 30 26 66-6 38-40 38h-26q34-16 32-54-2-26-20-44-18-22-8-62z"/><path fill="none" stroke="#fff" stroke-opacity=".45" stroke-width="6" d="M124 270q20-16 38 0t38 0 38 0 38 0"/>`,
  basket: (main, second) => `
    <path fill="none" stroke="${second}" stroke-width="14" d="M126 170q-10-88 74-88t74 88"/><path fill="${main}" d="M88 166h224l-26 146q-4 18-22 18H136q-18 0-22-18z"/>
    <path fill="none" stroke="${second}" stroke-opacity=".55" stroke-width="10" stroke-dasharray="26 18" d="M96 206h208M100 262h200"/><path fill="none" stroke="${second}" stroke-opacity=".55" stroke-width="10" stroke-dasharray="18 26" d="M98 234h204M106 290h190"/>
    <path ${shade} d="M270 166h42l-26 146q-4 18-22 18h-30q16-4 18-20z"/><rect x="80" y="154" width="240" height="28" rx="14" fill="${second}"/><path stroke="${main}" stroke-width="5" d="M98 174l14-14m14 14l14-14m14 14l14-14m14 14l14-14m14 14l14-14m14 14l14-14m14 14l14-14m14 14l14-14"/>`,
  throws: (main, second) => `
    <path fill="${main}" d="M92 240q0-18 18-18h180q22 0 22 27t-22 27H110q-18 0-18-18zM92 294q0-18 18-18h180q22 0 22 27t-22 27H110q-18 0-18-18z"/><path fill="${second}" d="M88 132q0-18 18-18h188q22 0 22 27t-22 27H106q-18 0-18-18zM88 186q0-18 18-18h188q22 0 22 27t-22 27H106q-18 0-18-18z"/>
    <path fill="none" stroke="${main}" stroke-width="8" d="M140 114v108M160 114v108M256 114v108"/><path fill="none" stroke="${second}" stroke-width="5" stroke-dasharray="10 10" d="M124 222v108M276 222v108M200 222v108"/>
    <path ${shade} d="M88 160h228l-8 8H96zM88 214h228l-8 8H96zM92 268h220l-8 8H100zM92 322h220l-10 8H104z"/>`,
  headphones: (main, second) => `
    <path fill="none" stroke="${main}" stroke-width="22" d="M98 236v-30q0-112 102-112t102 112v30"/><path fill="none" stroke="#fff" stroke-opacity=".25" stroke-width="5" d="M92 216q0-116 100-122"/>
    <rect x="76" y="208" width="56" height="122" rx="26" fill="${main}"/><rect x="268" y="208" width="56" height="122" rx="26" fill="${main}"/><rect x="118" y="216" width="34" height="106" rx="16" fill="${second}"/><rect x="248" y="216" width="34" height="106" rx="16" fill="${second}"/>
    <rect x="86" y="224" width="10" height="88" rx="5" ${shine}/><rect x="304" y="224" width="10" height="88" rx="5" ${shine}/>`,
  speaker: (main, second) => `
    <path fill="none" stroke="${second}" stroke-width="10" d="M164 92q0-44 36-44t36 44"/><rect x="112" y="88" width="176" height="242" rx="44" fill="${main}"/><path ${shade} d="M252 90q36 6 36 42v154q0 40-40 44 20-8 20-44V132q0-30-16-42z"/>
    <circle cx="200" cy="246" r="58" fill="${second}"/><circle cx="200" cy="246" r="40" ${shine}/><circle cx="200" cy="246" r="18" fill="${second}"/><circle cx="200" cy="146" r="28" fill="${second}"/><circle cx="200" cy="146" r="12" ${shine}/>`,
  radio: (main, second) => `
    <path stroke="#7c7c78" stroke-width="6" stroke-linecap="round" d="M270 156l52-96"/><rect x="72" y="150" width="256" height="172" rx="24" fill="${main}"/><path ${shade} d="M72 290h256v8q0 24-24 24H96q-24 0-24-24z"/><path fill="#3b2a1e" d="M104 322h28v8h-28zM268 322h28v8h-28z"/>
    <rect x="92" y="170" width="126" height="132" rx="14" fill="${second}"/><path stroke="${main}" stroke-width="6" d="M108 188h94M108 204h94M108 220h94M108 236h94M108 252h94M108 268h94M108 284h94"/>
    <rect x="234" y="172" width="76" height="44" rx="6" fill="#fbf3dd"/><path stroke="#b5302f" stroke-width="4" d="M262 176v36"/><path stroke="#6a5c48" stroke-width="3" d="M242 204v6m10-6v6m10-6v6m10-6v6m10-6v6m10-6v6m10-6v6"/>
    <circle cx="250" cy="262" r="20" fill="${second}"/><circle cx="298" cy="262" r="14" fill="${second}"/><path stroke="${main}" stroke-width="5" d="M250 262v-16M298 262l8-8"/>`,
  turntable: (main, second) => `
    <rect x="64" y="118" width="272" height="200" rx="16" fill="${main}"/><path ${shade} d="M64 292h272v10q0 16-16 16H80q-16 0-16-16z"/><path fill="${second}" d="M92 318h32v12H92zM276 318h32v12h-32z"/>
    <circle cx="172" cy="208" r="80" fill="${second}"/><g fill="none" stroke="#fff" stroke-opacity=".16" stroke-width="3"><circle cx="172" cy="208" r="68"/><circle cx="172" cy="208" r="56"/><circle cx="172" cy="208" r="44"/></g><circle cx="172" cy="208" r="28" fill="#d2652d"/><circle cx="172" cy="208" r="5" fill="#f7f3ec"/>
    <circle cx="296" cy="156" r="20" fill="${second}"/><path fill="none" stroke="#8b8d90" stroke-width="9" stroke-linecap="round" d="M296 156v64l-52 40"/><rect x="228" y="250" width="26" height="16" rx="4" fill="${second}" transform="rotate(-38 241 258)"/><circle cx="304" cy="272" r="11" fill="${second}"/>`,
  earbuds: (main, second) => `
    <rect x="98" y="92" width="204" height="150" rx="46" fill="${main}"/><rect x="112" y="106" width="176" height="130" rx="36" fill="${second}"/>
    <g fill="${main}"><rect x="146" y="160" width="22" height="70" rx="11"/><rect x="232" y="160" width="22" height="70" rx="11"/><ellipse cx="163" cy="162" rx="24" ry="27"/><ellipse cx="237" cy="162" rx="24" ry="27"/></g><g fill="${second}" fill-opacity=".55"><ellipse cx="177" cy="162" rx="7" ry="13"/><ellipse cx="223" cy="162" rx="7" ry="13"/></g>
    <rect x="92" y="216" width="216" height="114" rx="44" fill="${main}"/><path ${shade} d="M262 216q46 4 46 44v26q0 44-44 44h-40q62-18 38-114z"/><path ${shade} d="M136 216h128q44 0 44 40-108 14-216 0 0-40 44-40z" opacity=".35"/><circle cx="200" cy="290" r="6" fill="${second}"/>`,
  pandeiro: (main, second) => `
    <circle cx="200" cy="206" r="126" fill="${second}"/><circle cx="200" cy="206" r="104" fill="${main}"/><circle cx="200" cy="206" r="104" fill="none" stroke="#000" stroke-opacity=".16" stroke-width="6"/><path ${shine} d="M128 168q22-52 84-48-54 12-70 60z"/>
    <g fill="#e3b94a" stroke="#9a7420" stroke-width="3"><ellipse cx="200" cy="91" rx="26" ry="12"/><ellipse cx="309" cy="171" rx="26" ry="12" transform="rotate(72 309 171)"/><ellipse cx="268" cy="299" rx="26" ry="12" transform="rotate(144 268 299)"/><ellipse cx="132" cy="299" rx="26" ry="12" transform="rotate(36 132 299)"/><ellipse cx="91" cy="171" rx="26" ry="12" transform="rotate(108 91 171)"/></g>
    <path fill="none" stroke="${second}" stroke-opacity=".5" stroke-width="6" d="M160 206q20-24 40 0t40 0"/>`,
  shirt: (main, second) => `
    <path fill="${main}" d="M154 78l46 22 46-22 66 40-26 66-28-12v148q0 10-10 10h-96q-10 0-10-10V172l-28 12-26-66z"/><path ${shade} d="M258 172v148q0 10-10 10h-34q24-6 24-30V150zM142 172v12l16 40v-60z"/>
    <path fill="#fff" fill-opacity=".45" d="M154 78l46 22-26 34-30-46zM246 78l-46 22 26 34 30-46z"/><path fill="none" stroke="${second}" stroke-width="4" d="M200 100v230M154 78l20 56 26-34 26 34 20-56"/>
    <g fill="${second}"><circle cx="210" cy="152" r="5"/><circle cx="210" cy="194" r="5"/><circle cx="210" cy="236" r="5"/><circle cx="210" cy="278" r="5"/></g><path fill="none" stroke="${second}" stroke-width="4" d="M222 170h28v30q-14 12-28 0z"/>`,
  hat: (main, second) => `
    <ellipse cx="200" cy="266" rx="160" ry="54" fill="${main}"/><ellipse cx="200" cy="270" rx="160" ry="50" ${shade}/><ellipse cx="200" cy="260" rx="158" ry="48" fill="${main}"/>
    <path fill="${main}" d="M112 250q0-128 50-136 38 12 76 0 50 8 50 136-88 44-176 0z"/><path ${shade} d="M238 114q50 8 50 136-30 16-62 20 40-60 12-156z"/><path fill="${second}" d="M112 234q88 44 176 0v22q-88 44-176 0z"/>
    <path fill="none" stroke="#000" stroke-opacity=".12" stroke-width="4" d="M118 206q82 36 164 0M124 178q76 32 152 0M132 150q68 26 136 0M64 268q136 70 272 0M88 288q112 40 224 0"/>`,
  sandals: (main, second) => `
    <g transform="rotate(-10 140 210)"><path fill="${main}" d="M140 84q52 0 50 78-4 40-10 78-2 86-40 86t-40-86q-6-38-10-78-2-78 50-78z"/><path fill="none" stroke="#fff" stroke-opacity=".35" stroke-width="6" d="M140 98q38 0 36 64-4 40-10 78-2 72-26 72t-26-72q-6-38-10-78-2-64 36-64z"/><path fill="none" stroke="${second}" stroke-width="15" stroke-linecap="round" stroke-linejoin="round" d="M98 214q8-62 42-78 34 16 42 78"/><circle cx="140" cy="132" r="9" fill="${second}"/></g>
    <g transform="rotate(10 262 216)"><path fill="${main}" d="M262 90q52 0 50 78-4 40-10 78-2 86-40 86t-40-86q-6-38-10-78-2-78 50-78z"/><path fill="none" stroke="#fff" stroke-opacity=".35" stroke-width="6" d="M262 104q38 0 36 64-4 40-10 78-2 72-26 72t-26-72q-6-38-10-78-2-64 36-64z"/><path fill="none" stroke="${second}" stroke-width="15" stroke-linecap="round" stroke-linejoin="round" d="M220 220q8-62 42-78 34 16 42 78"/><circle cx="262" cy="138" r="9" fill="${second}"/></g>`,
  tote: (main, second) => `
    <path fill="none" stroke="${main}" stroke-width="16" d="M152 170q-6-106 48-106t48 106"/><path fill="none" stroke="#000" stroke-opacity=".12" stroke-width="16" d="M152 170q-6-106 48-106t48 106"/><path fill="${main}" d="M104 150h192l14 168q0 12-12 12H102q-12 0-12-12z"/><path ${shade} d="M262 150h34l14 168q0 12-12 12h-40q16-6 14-22z"/>
    <path fill="${second}" d="M200 290q-62-40-50-74 10-26 36-14 10 4 14 16 4-12 14-16 26-12 36 14 12 34-50 74z"/><path stroke="#000" stroke-opacity=".18" stroke-width="3" stroke-dasharray="8 6" d="M106 164h188"/>`,
  sarong: (main, second) => `
    <rect x="64" y="78" width="272" height="12" rx="6" fill="#8a6a4a"/><path fill="${main}" d="M98 78h204v222q-17 16-34 0t-34 0-34 0-34 0-34 0-34 0z"/>
    <g fill="none" stroke="${second}" stroke-width="13"><path d="M98 136q17-18 34 0t34 0 34 0 34 0 34 0 34 0M98 178q17-18 34 0t34 0 34 0 34 0 34 0 34 0"/></g><g fill="none" stroke="#fff" stroke-opacity=".7" stroke-width="6"><path d="M98 214q17-18 34 0t34 0 34 0 34 0 34 0 34 0M98 244q17-18 34 0t34 0 34 0 34 0 34 0 34 0"/></g>
    <path ${shade} d="M158 84h14v218q-7 4-14-2zM256 84h14v218q-7 4-14-2z"/><path stroke="${second}" stroke-width="4" stroke-linecap="round" d="M106 308v20m18-18v20m18-22v20m18-18v20m18-22v20m18-18v20m18-22v20m18-18v20m18-22v20m18-18v20m18-22v20"/>`,
  sunglasses: (main, second) => `
    <path fill="none" stroke="${main}" stroke-width="15" stroke-linecap="round" d="M70 206L50 150q-4-14 10-18M330 206l20-56q4-14-10-18"/><path fill="none" stroke="${main}" stroke-width="15" d="M176 212q24-26 48 0"/>
    <circle cx="124" cy="226" r="62" fill="${second}"/><circle cx="276" cy="226" r="62" fill="${second}"/><path ${shine} d="M84 246l62-70q14 6 22 18l-66 76q-12-10-18-24zM236 246l62-70q14 6 22 18l-66 76q-12-10-18-24z"/>
    <circle cx="124" cy="226" r="62" fill="none" stroke="${main}" stroke-width="15"/><circle cx="276" cy="226" r="62" fill="none" stroke="${main}" stroke-width="15"/>`,
};

/** @returns SVG elements for a 400 × 400 box. The colours are trusted: they come from the catalogue. */
export function drawShape(shape: Shape, main: string, second: string): string {
  return drawings[shape](main, second).replace(/\n\s+/g, '');
}
