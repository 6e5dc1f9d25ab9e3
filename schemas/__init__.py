"""What things are: terms, records, findings, errors. Floor 0.

Pure: nothing here reads or writes anything but this package's own data files.
"""
