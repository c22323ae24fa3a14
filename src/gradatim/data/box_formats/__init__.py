"""How boxes around objects are written in files: COCO's JSON, Pascal VOC's XML, YOLO's text."""
