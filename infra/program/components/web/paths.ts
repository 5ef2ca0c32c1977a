/** The certificate authorities of the container's image. Locally the region's own stand in its place. */
export const CA_FILE = '/etc/ssl/certs/ca-certificates.crt';
