/** A module of ours, since a package in CommonJS has no named exports where the bundle imports it late. */
export { createClient } from 'redis';
