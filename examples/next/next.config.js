/** BASE_PATH, such as /faces, is where the site is hosted; default its root. */
export default { basePath: process.env.BASE_PATH };
