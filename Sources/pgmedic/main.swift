print("pgmedic")
