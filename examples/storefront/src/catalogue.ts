import type { Shape } from './shapes.js';

/** What the shop's menu shows: `/c/{slug}`. */
export interface Department {
  slug: string;
  name: string;
  blurb: string;
  /** Products of this department, in the order of its page. */
  products: readonly Product[];
}

/** The deepest category of a product, as the merchant's back office knows it. */
export interface Category {
  /** 19 digits, beyond 2^53: neighbours become the same number when parsed, so it is text everywhere. */
  id: string;
  /** Dotted path. Old back offices have categories without one. */
  code?: string;
  name: string;
}

export interface Product {
  /** Text: one id here starts with zeros. */
  id: string;
  sku: string;
  name: string;
  /** Absent for what has no maker's name. */
  brand?: string;
  /** BRL for one unit, two decimals at most. */
  price: number;
  category: Category;
  description: string;
  picture: Picture;
}

export interface Picture {
  shape: Shape;
  /** Backdrop, main colour, second colour: CSS hex colours. */
  colours: readonly [backdrop: string, main: string, second: string];
}

const categories = {
  lipstick: { id: '2053013552326770905', code: 'beauty.makeup.lipstick', name: 'Lipstick' },
  nails: { id: '2053013552326770906', code: 'beauty.makeup.nails', name: 'Nail polish' },
  skin: { id: '2053013552326770907', code: 'beauty.skincare', name: 'Skin care' },
  perfume: { id: '2053013552326770911', code: 'beauty.perfume', name: 'Perfume' },
  cookware: { id: '2053013554658804075', code: 'kitchen.cookware.pan', name: 'Cookware' },
  coffeeMaker: { id: '2053013554658804103', code: 'appliances.kitchen.coffee_maker', name: 'Coffee makers' },
  blender: { id: '2053013554658804104', code: 'appliances.kitchen.blender', name: 'Blenders' },
  tableware: { id: '2053013554658804117', code: 'kitchen.tableware', name: 'Tableware' },
  coffee: { id: '2103807459595387724', code: 'grocery.drinks.coffee', name: 'Coffee' },
  tea: { id: '2103807459595387725', code: 'grocery.drinks.tea', name: 'Tea' },
  sweets: { id: '2103807459595387733', code: 'grocery.sweets', name: 'Sweets' },
  hammock: { id: '2053013557418656265', code: 'furniture.outdoor.hammock', name: 'Hammocks' },
  textiles: { id: '2053013557418656266', code: 'home.textiles', name: 'Textiles' },
  decor: { id: '2053013557418656289', code: 'home.decor.vase', name: 'Decoration' },
  lamp: { id: '2053013557418656290', code: 'home.lighting.lamp', name: 'Lamps' },
  headphone: { id: '2053013554096767303', code: 'electronics.audio.headphone', name: 'Headphones' },
  speaker: { id: '2053013554096767304', code: 'electronics.audio.speaker', name: 'Speakers' },
  turntable: { id: '2053013554096767311', code: 'electronics.audio.turntable', name: 'Turntables' },
  percussion: { id: '2053013554096767320', name: 'Percussion' },
  shirt: { id: '2053013563173241677', code: 'apparel.shirt', name: 'Shirts' },
  shoes: { id: '2053013563173241678', code: 'apparel.shoes.sandals', name: 'Sandals' },
  bags: { id: '2053013563173241701', code: 'accessories.bag', name: 'Bags' },
  wear: { id: '2053013563173241702', code: 'apparel.accessories.summer', name: 'Summer accessories' },
} satisfies Record<string, Category>;

/** All departments, in the order of the menu. Every name in here is made up. */
export const departments: readonly Department[] = [
  {
    slug: 'beauty',
    name: 'Beauty',
    blurb: 'Colour, care and scent from the forest and the coast.',
    products: [
      {
        id: '44600062',
        sku: '44600062-RED',
        name: 'Pitanga Matte Lipstick',
        brand: 'Flor de Sal',
        price: 35.79,
        category: categories.lipstick,
        description: 'A dry, even red named after the cherry of the Atlantic forest. Stays through a long lunch.',
        picture: { shape: 'lipstick', colours: ['#f6dcd6', '#b5302f', '#d9a84e'] },
      },
      {
        id: '44600071',
        sku: '44600071-50',
        name: 'Cupuaçu Body Butter',
        brand: 'Flor de Sal',
        price: 58.9,
        category: categories.skin,
        description: 'Whipped butter of cupuaçu seeds for dry shins and elbows. Melts at the warmth of the hand.',
        picture: { shape: 'jar', colours: ['#e9e4d4', '#f7f1e1', '#7a5a3c'] },
      },
      {
        id: '44600080',
        sku: '44600080-75',
        name: 'Maresia Eau de Toilette',
        brand: 'Onda Norte',
        price: 189.0,
        category: categories.perfume,
        description: 'Salt, lime peel and warm sand. The sea at nine in the morning, before anybody else is there.',
        picture: { shape: 'perfume', colours: ['#d5e6e8', '#6fb1b8', '#2e4f56'] },
      },
      {
        id: '44600094',
        sku: '44600094-14',
        name: 'Jabuticaba Nail Polish',
        brand: 'Bem-Te-Vi',
        price: 14.5,
        category: categories.nails,
        description: 'Nearly black, violet in the sun. Two thin coats, dry in four minutes.',
        picture: { shape: 'polish', colours: ['#e6dcea', '#4d2a5c', '#2b2530'] },
      },
      {
        id: '0044600113',
        sku: '0044600113-30',
        name: 'Buriti Face Oil',
        brand: 'Bem-Te-Vi',
        price: 72.93,
        category: categories.skin,
        description: 'Cold-pressed buriti, orange as the fruit. Three drops in the evening are enough.',
        picture: { shape: 'dropper', colours: ['#f8e6c8', '#c9701f', '#33302b'] },
      },
      {
        id: '44600127',
        sku: '44600127-3',
        name: 'Lemongrass Soap, Set of Three',
        brand: 'Flor de Sal',
        price: 29.9,
        category: categories.skin,
        description: 'Three bars, cut by hand, cured for six weeks. Smells like a garden after rain.',
        picture: { shape: 'soap', colours: ['#e2ecd4', '#b9cf8b', '#f6f2e4'] },
      },
    ],
  },
  {
    slug: 'kitchen',
    name: 'Kitchen',
    blurb: 'Clay, iron and enamel for slow Sundays.',
    products: [
      {
        id: '39008210',
        sku: '39008210-3L',
        name: 'Moqueca Clay Pot, 3 l',
        brand: 'Barro Vivo',
        price: 219.9,
        category: categories.cookware,
        description: 'Black clay, sealed with mangrove bark. Goes from the flame to the table and keeps the heat.',
        picture: { shape: 'pot', colours: ['#f0ddcd', '#4a3a33', '#2f2521'] },
      },
      {
        id: '39008224',
        sku: '39008224-GRN',
        name: 'Enamel Kettle, 1.5 l',
        brand: 'Fazenda Clara',
        price: 134.5,
        category: categories.tableware,
        description: 'The kettle of every farmhouse kitchen, in the green of its shutters.',
        picture: { shape: 'kettle', colours: ['#dbe8dd', '#2f7d5b', '#1d4a38'] },
      },
      {
        id: '39008238',
        sku: '39008238-350',
        name: 'Stoneware Mug, 350 ml',
        brand: 'Barro Vivo',
        price: 42.0,
        category: categories.tableware,
        description: 'Thrown on the wheel, so no two are the same. Dishwasher safe all the same.',
        picture: { shape: 'mug', colours: ['#dfe5ee', '#4d6f9c', '#f3eee2'] },
      },
      {
        id: '39008241',
        sku: '39008241-OAK',
        name: 'Cutting Board with Groove',
        brand: 'Pau-Ferro & Filhos',
        price: 96.0,
        category: categories.tableware,
        description: 'One piece of reforested wood, oiled by hand, with a groove that catches the juice.',
        picture: { shape: 'board', colours: ['#efe6d6', '#b98a57', '#6b7a7a'] },
      },
      {
        id: '39008255',
        sku: '39008255-220V',
        name: 'Vitamina Blender, 220 V',
        brand: 'Faísca',
        price: 349.0,
        category: categories.blender,
        description: 'Crushes ice, frozen açaí and every excuse not to have breakfast.',
        picture: { shape: 'blender', colours: ['#f3e0ea', '#8d3b72', '#3b2436'] },
      },
      {
        id: '39008269',
        sku: '39008269-GLS',
        name: 'Pour-Over Coffee Set',
        brand: 'Faísca',
        price: 158.4,
        category: categories.coffeeMaker,
        description: 'Glass server, ceramic cone and forty paper filters. Four minutes from bean to cup.',
        picture: { shape: 'dripper', colours: ['#d8c3b0', '#5b3a26', '#fbf7f0'] },
      },
    ],
  },
  {
    slug: 'pantry',
    name: 'Pantry',
    blurb: 'Small harvests, roasted, stirred and packed near the farm.',
    products: [
      {
        id: '21038001',
        sku: '21038001-250',
        name: 'Serra Negra Coffee, 250 g',
        brand: 'Fazenda Clara',
        price: 39.9,
        category: categories.coffee,
        description: 'Whole beans, medium roast. Brown sugar first, then orange.',
        picture: { shape: 'coffee', colours: ['#eadfcf', '#2f4f45', '#d8b27a'] },
      },
      {
        id: '21038015',
        sku: '21038015-80',
        name: 'Dark Chocolate 72 %, Cocoa Nibs',
        brand: 'Mata Doce',
        price: 24.9,
        category: categories.sweets,
        description: 'Cocoa grown in the shade of the forest, ground for three days.',
        picture: { shape: 'chocolate', colours: ['#f2dfc9', '#5a3220', '#d2652d'] },
      },
      {
        id: '21038029',
        sku: '21038029-300',
        name: 'Wildflower Honey, 300 g',
        brand: 'Mata Doce',
        price: 32.0,
        category: categories.sweets,
        description: 'From stingless bees, thin and bright, with a little lemon in it.',
        picture: { shape: 'preserve', colours: ['#f7ebc7', '#e0a325', '#8a5a14'] },
      },
      {
        id: '21038032',
        sku: '21038032-400',
        name: 'Doce de Leite, 400 g',
        brand: 'Dona Cida',
        price: 27.5,
        category: categories.sweets,
        description: 'Milk, sugar and four hours of stirring. The spoon is not included and will not be missed.',
        picture: { shape: 'preserve', colours: ['#f1ddd0', '#b06a33', '#a8423f'] },
      },
      {
        id: '21038046',
        sku: '21038046-100',
        name: 'Roasted Mate Tea, 100 g',
        brand: 'Dona Cida',
        price: 18.9,
        category: categories.tea,
        description: 'Dark and toasty, made for ice, lime and a very full beach.',
        picture: { shape: 'tin', colours: ['#dde9d8', '#3f7d4e', '#e7c65b'] },
      },
      {
        id: '21038050',
        sku: '21038050-200',
        name: 'Brazil Nuts, 200 g',
        price: 34.9,
        category: categories.sweets,
        description: 'Gathered under wild trees and dried in the sun. From a co-operative that sells without a label.',
        picture: { shape: 'bowl', colours: ['#e8e3da', '#9a6b43', '#3d5a66'] },
      },
    ],
  },
  {
    slug: 'home',
    name: 'Home',
    blurb: 'Cotton, straw and light for rooms with open windows.',
    products: [
      {
        id: '17300201',
        sku: '17300201-TERRA',
        name: 'Varanda Hammock, Two People',
        brand: 'Rede Boa',
        price: 289.0,
        category: categories.hammock,
        description: 'Woven cotton with crocheted fringes. Holds 200 kg, or two people who agree on the side.',
        picture: { shape: 'hammock', colours: ['#dcebe4', '#d2652d', '#f0c15a'] },
      },
      {
        id: '17300215',
        sku: '17300215-45',
        name: 'Calçada Cushion, 45 cm',
        brand: 'Rede Boa',
        price: 79.9,
        category: categories.textiles,
        description: 'The waves of the promenade, woven in black and cream. The cover comes off for washing.',
        picture: { shape: 'cushion', colours: ['#d5dccf', '#f8f4ea', '#2b2b2b'] },
      },
      {
        id: '17300229',
        sku: '17300229-E27',
        name: 'Cipó Table Lamp',
        brand: 'Luz Mansa',
        price: 245.0,
        category: categories.lamp,
        description: 'A shade of woven liana that throws a soft net of light on the wall.',
        picture: { shape: 'lamp', colours: ['#efe0cf', '#d9a05b', '#5f4630'] },
      },
      {
        id: '17300232',
        sku: '17300232-M',
        name: 'Terracotta Vase, Medium',
        brand: 'Barro Vivo',
        price: 112.0,
        category: categories.decor,
        description: 'For three tall leaves or for nothing at all.',
        picture: { shape: 'vase', colours: ['#f3e2d3', '#c0653c', '#4d7a55'] },
      },
      {
        id: '17300246',
        sku: '17300246-L',
        name: 'Carnaúba Basket, Large',
        brand: 'Luz Mansa',
        price: 88.5,
        category: categories.decor,
        description: 'Plaited from palm straw. Takes the blankets, the toys or a sleeping cat.',
        picture: { shape: 'basket', colours: ['#e4ead9', '#c89b5c', '#7d5a2e'] },
      },
      {
        id: '17300250',
        sku: '17300250-IND',
        name: 'Indigo Cotton Throws, Pair',
        brand: 'Rede Boa',
        price: 168.0,
        category: categories.textiles,
        description: 'Two light throws, dyed with plants, for evenings when the wind turns.',
        picture: { shape: 'throws', colours: ['#e2e4ea', '#3c5484', '#e8dcc4'] },
      },
    ],
  },
  {
    slug: 'sound',
    name: 'Sound',
    blurb: 'For bossa at low volume and samba at any other.',
    products: [
      {
        id: '10047001',
        sku: '10047001-BLK',
        name: 'Tico Over-Ear Headphones',
        brand: 'Sabiá Audio',
        price: 599.0,
        category: categories.headphone,
        description: 'Closed, light and repairable: pads, cable and battery are changed without a tool.',
        picture: { shape: 'headphones', colours: ['#dfe3e6', '#2d3439', '#d98b3a'] },
      },
      {
        id: '10047014',
        sku: '10047014-YEL',
        name: 'Canarinho Portable Speaker',
        brand: 'Sabiá Audio',
        price: 329.9,
        category: categories.speaker,
        description: 'Twelve hours, splash-proof, with a loop for the umbrella.',
        picture: { shape: 'speaker', colours: ['#f8ecc4', '#e2aa1f', '#2e3a36'] },
      },
      {
        id: '10047028',
        sku: '10047028-WAL',
        name: 'Madrugada Kitchen Radio',
        brand: 'Valsa',
        price: 412.0,
        category: categories.speaker,
        description: 'One knob for the station, one for the volume. It still gets the football on medium wave.',
        picture: { shape: 'radio', colours: ['#e9ddd0', '#8c5a37', '#f2e6cf'] },
      },
      {
        id: '10047031',
        sku: '10047031-33',
        name: 'Vinil Turntable, Belt Drive',
        brand: 'Valsa',
        price: 1249.0,
        category: categories.turntable,
        description: 'A heavy platter, a straight arm and nothing that blinks.',
        picture: { shape: 'turntable', colours: ['#e6e1ec', '#d8c6a8', '#26242a'] },
      },
      {
        id: '10047045',
        sku: '10047045-WHT',
        name: 'Gota Wireless Earbuds',
        brand: 'Sabiá Audio',
        price: 279.0,
        category: categories.headphone,
        description: 'Small as a drop, with a case that fits the coin pocket.',
        picture: { shape: 'earbuds', colours: ['#d9e7ea', '#f8f8f5', '#5b8a94'] },
      },
      {
        id: '10047059',
        sku: '10047059-10',
        name: 'Roda Pandeiro, 10″',
        brand: 'Valsa',
        price: 235.0,
        category: categories.percussion,
        description: 'Goat skin, five pairs of brass jingles, tuned by hand in the old town.',
        picture: { shape: 'pandeiro', colours: ['#f4e1d2', '#f3e7d0', '#a8552b'] },
      },
    ],
  },
  {
    slug: 'fashion',
    name: 'Fashion',
    blurb: 'Linen, straw and rubber soles: all that a long summer needs.',
    products: [
      {
        id: '31500301',
        sku: '31500301-M',
        name: 'Linen Shirt, Sand',
        brand: 'Garoa',
        price: 198.0,
        category: categories.shirt,
        description: 'Cut wide, washed soft, better when wrinkled.',
        picture: { shape: 'shirt', colours: ['#dfe6e3', '#e3d3b4', '#a38a5e'] },
      },
      {
        id: '31500315',
        sku: '31500315-58',
        name: 'Wide-Brim Straw Hat',
        brand: 'Garoa',
        price: 89.0,
        category: categories.wear,
        description: 'Palm straw with a cotton band. Rolls up for the suitcase and forgives it.',
        picture: { shape: 'hat', colours: ['#d8e8ec', '#dfbf82', '#2d5d73'] },
      },
      {
        id: '31500329',
        sku: '31500329-39',
        name: 'Areia Flip-Flops',
        brand: 'Pé na Rua',
        price: 44.9,
        category: categories.shoes,
        description: 'Natural rubber, thick sole, and straps that outlive three summers.',
        picture: { shape: 'sandals', colours: ['#f6e7c9', '#2e8b82', '#f2c14e'] },
      },
      {
        // The name that breaks a template which forgets to escape.
        id: '31500332',
        sku: '31500332-NAT',
        name: '"Eu <3 Pão & Müsli" Tote — Ana\'s Edition',
        brand: "Pau d'Água & Co.",
        price: 59.9,
        category: categories.bags,
        description: 'Heavy cotton, long handles, printed by a neighbour who means every word of it.',
        picture: { shape: 'tote', colours: ['#e6dfec', '#f4ecdb', '#b5302f'] },
      },
      {
        id: '31500346',
        sku: '31500346-MAR',
        name: 'Maré Beach Sarong',
        brand: 'Onda Norte',
        price: 74.0,
        category: categories.wear,
        description: 'A towel, a skirt, a picnic blanket. Dries on the way home.',
        picture: { shape: 'sarong', colours: ['#fbe3d9', '#1f7a8c', '#f2a65a'] },
      },
      {
        id: '31500350',
        sku: '31500350-TOR',
        name: 'Meio-Dia Round Sunglasses',
        brand: 'Garoa',
        price: 259.0,
        category: categories.wear,
        description: 'Round, dark and made from leftover acetate. Category 3, with full UV protection.',
        picture: { shape: 'sunglasses', colours: ['#f1e4c6', '#6b3f22', '#28302f'] },
      },
    ],
  },
];

/** Products of the home page, chosen by hand so that no two neighbours look alike. */
const featuredIds = ['17300201', '44600062', '21038001', '10047014', '39008224', '31500315', '17300232', '10047031'];

const places = new Map<string, { product: Product; department: Department }>(
  departments.flatMap((department) =>
    department.products.map((product) => [product.id, { product, department }] as const),
  ),
);

/** @returns The product and where it stands in the shop, or `undefined` for an id that the shop does not have. */
export function findProduct(id: string): { product: Product; department: Department } | undefined {
  return places.get(id);
}

/** @returns `undefined` for a slug that the shop does not have. */
export function findDepartment(slug: string): Department | undefined {
  return departments.find((department) => department.slug === slug);
}

/** What the home page shows. */
export function featuredProducts(): Product[] {
  return featuredIds.flatMap((id) => findProduct(id)?.product ?? []);
}

/** Lower case without accents, so that `acai` finds `Açaí`. */
const fold = (text: string): string => text.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase();

/**
 * Products in which every word of the query stands, in name, brand, category or description; in the order of
 * the menu.
 *
 * @returns Nothing for a query without a word.
 */
export function searchProducts(query: string): Product[] {
  const words = fold(query).split(/\s+/).filter(Boolean);
  if (words.length === 0) return [];
  return [...places.values()].flatMap(({ product, department }) => {
    const { name, brand = '', category, description } = product;
    const text = fold([name, brand, category.name, department.name, description].join(' '));
    return words.every((word) => text.includes(word)) ? [product] : [];
  });
}
