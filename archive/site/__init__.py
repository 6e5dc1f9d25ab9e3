"""The public static archive: plain pages made from the catalogue, readable from any disk."""
