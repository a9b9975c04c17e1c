/** Version of the package, as the events tell it in `sdk`. A test holds it against package.json. */
export const version = '0.1.0';
