"""The sites of clinical trials on a map: readers, filters, exports, page and server."""
