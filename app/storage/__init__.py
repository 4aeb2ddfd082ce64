"""The bytes of files and what else lies in DATA_DIR: kept by digest, encrypted where that is asked for, made without a name, aged out."""
