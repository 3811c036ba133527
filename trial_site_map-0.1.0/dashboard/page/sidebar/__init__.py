"""The sidebar: filters, nearest site, uploads, the live registry, the login."""
