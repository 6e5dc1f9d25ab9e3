"""What happens between a scan and an archived item. Floor 3."""
